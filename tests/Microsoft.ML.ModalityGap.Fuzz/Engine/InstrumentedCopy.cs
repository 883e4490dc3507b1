using SharpFuzz;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A copy of this program in which SharpFuzz has instrumented the library's assemblies and the service.</summary>
internal static class InstrumentedCopy
{
    private static readonly string[] _assemblies =
    [
        "Microsoft.ML.ModalityGap", "Microsoft.ML.ModalityGap.Clip", "Microsoft.ML.ModalityGap.Extensions.AI", "Microsoft.ML.ModalityGap.Formats", "Microsoft.ML.ModalityGap.USearch", "Microsoft.ML.ModalityGap.VectorData", "modality-gap", "SearchService",
    ];

    /// <summary>Makes the copy; returns the path of its program.</summary>
    internal static string Create(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var directory in Directory.EnumerateDirectories(AppContext.BaseDirectory))
            Directory.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(directory)), directory);
        var program = Path.GetFileNameWithoutExtension(typeof(InstrumentedCopy).Assembly.Location);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            // The host follows a link to the program itself, and would run what lies there.
            var path = Path.Combine(folder, Path.GetFileName(file));
            if (Path.GetFileName(file).StartsWith(program + ".", StringComparison.Ordinal) || _assemblies.Contains(Path.GetFileNameWithoutExtension(file)))
                File.Copy(file, path);
            else
                File.CreateSymbolicLink(path, file);
        }

        foreach (var assembly in _assemblies)
            Fuzzer.Instrument(Path.Combine(folder, assembly + ".dll"), type => true, Options.Value);
        return Path.Combine(folder, program + ".dll");
    }
}
