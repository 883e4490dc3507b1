using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>The layer of <c>powercut.c</c>, compiled by the machine's C compiler.</summary>
internal static class PowerCutLayer
{
    /// <summary>Set by <c>.ci/run</c>, where a test that cannot run is a failure.</summary>
    private const string Required = "MODALITY_GAP_REQUIRE_COMPILER";

    private static readonly Lazy<(string? Library, string Reason)> _layer = new(Compile);

    /// <summary>The library to load before others; the test is inconclusive where there is none.</summary>
    internal static string Get()
    {
        var (library, reason) = _layer.Value;
        if (library is null && Environment.GetEnvironmentVariable(Required) == "1")
            Assert.Fail(reason);
        if (library is null)
            Assert.Inconclusive(reason);
        return library;
    }

    private static (string? Library, string Reason) Compile()
    {
        if (!OperatingSystem.IsLinux())
            return (null, "What a process writes is recorded by a layer that only Linux loads (LD_PRELOAD).");
        var folder = Directory.CreateTempSubdirectory("modality-gap-powercut-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var library = Path.Combine(folder, "powercut.so");
        foreach (var compiler in new[] { "gcc", "cc", "clang" })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(compiler, ["-O1", "-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "PowerCuts", "powercut.c"), "-ldl", "-lpthread"]) { RedirectStandardError = true })!;
                var error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0 ? (library, "") : (null, $"{compiler} does not compile powercut.c: {error}");
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program; another may be there.
            }
        }

        return (null, "No C compiler (gcc, cc, clang) is here to make the layer that records what is written.");
    }
}
