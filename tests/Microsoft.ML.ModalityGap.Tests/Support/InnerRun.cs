using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Runs a class of tests again in a process whose runtime lacks instructions, or cores, that this machine has.</summary>
internal static class InnerRun
{
    private const string Variable = "MODALITY_GAP_INNER_RUN";

    /// <param name="tests">The class; in the inner process itself nothing is run.</param>
    /// <param name="switches">The runtime's switches to turn off, without their prefix.</param>
    public static void Check(Type tests, params string[] switches) => Run(tests, switches.Select(name => (name, "0")));

    /// <param name="tests">The class; in the inner process itself nothing is run.</param>
    public static void CheckOnOneCore(Type tests) => Run(tests, [("PROCESSOR_COUNT", "1")]);

    private static void Run(Type tests, IEnumerable<(string Name, string Value)> settings)
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
        foreach (var (name, value) in settings)
            start.Environment[$"DOTNET_{name}"] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + error.Result);
    }
}
