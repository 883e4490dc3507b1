using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A file system in memory of so many kilobytes, where this may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    internal static SmallDisk Mount(string path, int kilobytes)
    {
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path) is var error && error is not null)
            Assert.Inconclusive($"A small disk cannot be mounted here, which takes root on Linux: {(OperatingSystem.IsLinux() ? "see mount(8)" : "this is no Linux")}.");
        return new SmallDisk(path);
    }

    internal void Grow(int kilobytes) => Assert.IsNull(Run("mount", "-o", $"remount,size={kilobytes}k", _path));

    public void Dispose() => Run("umount", "-l", _path);

    private static string? Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    }
}
