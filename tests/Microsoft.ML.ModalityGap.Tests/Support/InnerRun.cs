using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Runs a class of tests again in a process whose runtime lacks instructions that this machine has.</summary>
internal static class InnerRun
{
    private const string Variable = "MODALITY_GAP_INNER_RUN";

    /// <param name="tests">The class; in the inner process itself nothing is run.</param>
    /// <param name="switches">The runtime's switches to turn off, without their prefix.</param>
    public static void Check(Type tests, params string[] switches)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
            return;

        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(InnerRun).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null)!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--filter");
        start.ArgumentList.Add($"FullyQualifiedName~{tests.FullName}");
        start.Environment[Variable] = "1";
        foreach (var name in switches)
            start.Environment[$"DOTNET_{name}"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + error.Result);
    }
}
