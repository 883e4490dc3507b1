using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>A folder for one test, with .npy files written without the library's help.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modality-gap-").FullName;

    internal string GetPath(string name) => Path.Combine(_folder, name);

    internal string[] ListFiles() => [.. Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Two modalities with a gap between them: noisy copies of shared directions, each around a mean of its own.</summary>
    internal (float[][] Image, float[][] Text) WritePair(int rows = 60, int dimension = 8, int seed = 1)
    {
        var random = new Random(seed);
        var (image, text) = (new float[rows][], new float[rows][]);
        for (var i = 0; i < rows; i++)
        {
            (image[i], text[i]) = (new float[dimension], new float[dimension]);
            for (var d = 0; d < dimension; d++)
            {
                var shared = random.NextDouble() * 2 - 1;
                image[i][d] = (float)(shared + 0.3 * random.NextDouble() + (d == 0 ? 2 : 0));
                text[i][d] = (float)(shared + 0.3 * random.NextDouble() + (d == 1 ? 2 : 0));
            }
        }

        WriteNpy("image.npy", image);
        WriteNpy("text.npy", text);
        return (image, text);
    }

    /// <summary>The options that name <see cref="WritePair"/>'s files.</summary>
    internal string[] PairOptions => ["--modality", $"image={GetPath("image.npy")}", "--modality", $"text={GetPath("text.npy")}"];

    internal string WriteNpy(string name, float[][] rows) => WriteNpy(name, rows, $"{rows.Length}, {rows[0].Length}");

    internal string WriteNpy(string name, float[][] rows, string shape, string type = "<f4")
    {
        var path = GetPath(name);
        using var stream = File.Create(path);
        WriteHeader(stream, shape, type);
        foreach (var row in rows)
            stream.Write(MemoryMarshal.AsBytes<float>(row));
        return path;
    }

    internal static void WriteHeader(Stream stream, string shape, string type)
    {
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}".PadRight(117) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>Reads a float32 matrix back, without the library's help.</summary>
    internal static float[][] ReadNpy(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 10 + bytes[8] + 256 * bytes[9];
        var header = Encoding.ASCII.GetString(bytes, 10, start - 10);
        Assert.Contains("'<f4'", header);
        var shape = header[(header.IndexOf('(', StringComparison.Ordinal) + 1)..header.IndexOf(')', StringComparison.Ordinal)].Split(',');
        var (rows, dimension) = (int.Parse(shape[0], CultureInfo.InvariantCulture), int.Parse(shape[1], CultureInfo.InvariantCulture));
        var values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start));
        Assert.AreEqual(rows * dimension, values.Length);
        var result = new float[rows][];
        for (var i = 0; i < rows; i++)
            result[i] = values.Slice(i * dimension, dimension).ToArray();
        return result;
    }
}
