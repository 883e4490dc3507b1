using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A named pipe that nobody writes to: whoever opens it to read waits for ever.</summary>
internal static class NamedPipe
{
    public static string Create(string path)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Only Linux tells pipes from files.");
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
        return path;
    }
}
