using System.Diagnostics;
using Microsoft.ML.ModalityGap.Fuzz;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>The fuzzer's fixed part: 20,000 inputs, the same ones each time. Longer runs are the program's own (docs/security.md).</summary>
[TestClass]
public class FuzzTests
{
    private const int Inputs = 20_000;

    // Their faults are open (docs/security.md): what is mended is taken off this list.
    private static readonly string[] _open = [];

    /// <summary>A reader for each promise, which breaks it.</summary>
    public static IEnumerable<object[]> Deliberate => Enum.GetNames<FuzzFaultKind>().Select(name => new object[] { name });

    [TestMethod]
    public void TwentyThousandInputs_BreakNoPromise()
    {
        var failures = Directory.CreateTempSubdirectory("modality-gap-failures-").FullName;
        var (exitCode, output, error) = Run("--plain", "--inputs", $"{Inputs}", "--workers", "2", "--except", string.Join(',', _open), "--failures", failures);
        Console.WriteLine(output);
        Assert.AreEqual(0, exitCode, $"Replay with --replay FILE.\n{error}\n{output}");
        Assert.Contains($"{Inputs} inputs in ", output);
        foreach (var target in FuzzTargets.All.Where(target => !_open.Contains(target.Name)))
            Assert.Contains($"| {target.Name} | ", output);
        Directory.Delete(failures, recursive: true);
    }

    [TestMethod]
    [DynamicData(nameof(Deliberate))]
    public void BrokenPromise_OfEveryKind_IsFoundAndKept(string name)
    {
        var kind = Enum.Parse<FuzzFaultKind>(name);
        if (kind == FuzzFaultKind.Handle && !OperatingSystem.IsLinux())
            Assert.Inconclusive("Which handles are open is read from Linux' /proc.");
        var target = $"deliberate-{name.ToLowerInvariant()}";
        var failures = Directory.CreateTempSubdirectory("modality-gap-failures-").FullName;
        var (exitCode, output, error) = Run("--plain", "--target", target, "--inputs", "20", "--workers", "1", "--failures", failures);
        Assert.AreEqual(1, exitCode, $"{error}\n{output}");
        Assert.Contains($"{target}: {kind}", error);
        Assert.Contains("20 inputs in ", output, "It goes on behind a fault.");
        var kept = Directory.GetFiles(failures);
        Assert.IsNotEmpty(kept);
        foreach (var file in kept)
        {
            Assert.StartsWith($"{target}.{name.ToLowerInvariant()}.", Path.GetFileName(file));
            Assert.AreEqual(7, File.ReadAllBytes(file)[0]);
        }

        // What would end the test's own process is not replayed here.
        if (kind is not (FuzzFaultKind.Time or FuzzFaultKind.Death))
            Assert.AreEqual(1, Run("--replay", kept[0]).ExitCode);
        Directory.Delete(failures, recursive: true);
    }

    [TestMethod]
    public void Instrumented_CountsEdges()
    {
        var failures = Directory.CreateTempSubdirectory("modality-gap-failures-").FullName;
        var (exitCode, output, error) = Run("--target", "map", "--inputs", "300", "--workers", "1", "--failures", failures);
        Assert.AreEqual(0, exitCode, $"{error}\n{output}");
        var row = output.Split('\n').Single(line => line.StartsWith("| map |", StringComparison.Ordinal)).Split('|');
        Assert.IsGreaterThan(100, int.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture), output);
        Directory.Delete(failures, recursive: true);
    }

    [TestMethod]
    public void SameSeed_DrawsTheSameInputs()
    {
        foreach (var target in FuzzTargets.All.Where(target => target is MapTarget or NpyTarget or TokenizerJsonTarget or FingerprintsTarget or PngTarget))
        {
            var seed = target.CreateSeeds()[0];
            for (var number = 0; number < 50; number++)
            {
                CollectionAssert.AreEqual(
                    target.Shape.MutateOrDamage(seed, new FuzzRandom(3, target.Name, number)), target.Shape.MutateOrDamage(seed, new FuzzRandom(3, target.Name, number)), $"{target.Name} {number}");
            }
        }
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(FuzzTarget).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
