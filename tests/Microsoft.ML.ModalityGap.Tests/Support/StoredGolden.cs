using System.Globalization;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>
/// A stored file that an earlier version wrote, committed beside what it gave then: it must load and give the same ever after. <c>NAME.bin</c> is the file,
/// <c>NAME.txt</c> the values, one a line.
/// </summary>
internal static class StoredGolden
{
    private const string UpdateVariable = "MODALITY_GAP_UPDATE_GOLDEN";

    // Sums of float in another order, on vectors of another width.
    private const double Tolerance = 2e-5;

    /// <summary>Compares, or writes the two where the environment says so and they are not there: what is there is never written again.</summary>
    public static void Check(string name, Action<string> write, Func<string, IEnumerable<object>> read, [CallerFilePath] string sourceFile = "")
    {
        var folder = Path.Combine(Path.GetDirectoryName(sourceFile)!, "Files");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1" && !File.Exists(Path.Combine(folder, name + ".bin")))
        {
            Directory.CreateDirectory(folder);
            write(Path.Combine(folder, name + ".bin"));
            File.WriteAllLines(Path.Combine(folder, name + ".txt"), Flatten(read(Path.Combine(folder, name + ".bin"))));
            return;
        }

        var stored = Path.Combine(AppContext.BaseDirectory, "Golden", "Files", name);
        var copy = Path.Combine(Directory.CreateTempSubdirectory("modality-gap-golden-").FullName, name + ".bin");
        try
        {
            File.Copy(stored + ".bin", copy);
            var (expected, actual) = (File.ReadAllLines(stored + ".txt"), Flatten(read(copy)).ToArray());
            Assert.AreNotEqual(0, expected.Length, name);
            Assert.HasCount(expected.Length, actual, name);
            for (var i = 0; i < expected.Length; i++)
                Assert.IsTrue(AreAlike(expected[i], actual[i]), $"{name}, value {i}: expected {expected[i]}, but was {actual[i]}.");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }

    /// <summary>Rows that depend on no generator of random numbers.</summary>
    public static float[] Rows(int count, int dimension, double phase) =>
        [.. Enumerable.Range(0, count * dimension).Select(i => (float)(Math.Sin(0.7 * i + phase) + 0.4 * Math.Cos(phase + i % dimension) + 0.2 * Math.Sin(1.3 * i * i)))];

    private static bool AreAlike(string expected, string actual) =>
        double.TryParse(expected, CultureInfo.InvariantCulture, out var x) && double.TryParse(actual, CultureInfo.InvariantCulture, out var y)
            ? Math.Abs(x - y) <= Tolerance * Math.Max(1, Math.Abs(x))
            : expected == actual;

    private static IEnumerable<string> Flatten(IEnumerable<object> values) => values.SelectMany(value => value is Array array
        ? Flatten(array.Cast<object>())
        : [Convert.ToString(value, CultureInfo.InvariantCulture)!.ReplaceLineEndings(" ")]);
}
