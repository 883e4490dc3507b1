using System.Diagnostics;
using System.Reflection;

namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>Runs <c>dotnet</c> as somebody at a shell would.</summary>
internal static class DotNet
{
    public static string RepositoryRoot => Metadata("RepositoryRoot");

    public static string Configuration => Metadata("Configuration");

    /// <summary>Runs a command to its end and returns what it printed; fails the test when it fails.</summary>
    public static (string Output, string Error) Run(string folder, params string[] arguments) => RunProgram("dotnet", folder, arguments);

    /// <summary>The same of any program.</summary>
    public static (string Output, string Error) RunProgram(string program, string folder, params string[] arguments) => RunProgram(program, folder, [], arguments);

    /// <summary>The same with variables of the environment.</summary>
    public static (string Output, string Error) RunProgram(string program, string folder, IReadOnlyList<(string Name, string Value)> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // What the test host's own dotnet sets for its children would make them build as it does.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{program} {string.Join(' ', arguments)}{Environment.NewLine}{output}{error.Result}");
        return (output, error.Result);
    }

    private static string Metadata(string key) =>
        typeof(DotNet).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
