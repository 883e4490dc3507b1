using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>What right inputs are made of: rows, pairs, and files as the library writes them.</summary>
internal static class Seeds
{
    internal const int Dimension = 5, Count = 24;

    internal static MLContext Context { get; } = new(seed: 1);

    /// <summary>Files that readers need beside the input; gone with the process that made them.</summary>
    internal static string Folder { get; } = CreateFolder();

    internal static IDataView Pairs { get; } = CreatePairs();

    /// <summary>Finite numbers around zero.</summary>
    internal static float[] Rows(int rows, int dimension, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * dimension).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    internal static byte[] ToBytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>What is written to a stream.</summary>
    internal static byte[] Save(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    /// <summary>What is written to a file.</summary>
    internal static byte[] SaveFile(string name, Action<string> save)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}-{name}");
        save(path);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    /// <summary>A file that stays.</summary>
    internal static string Keep(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Reads a view to its end, as far as an input of a fuzzer can say: all its columns of numbers, vectors and texts.</summary>
    internal static void ReadAll(IDataView view)
    {
        const int Rows = 5_000;
        foreach (var column in view.Schema)
        {
            _ = column.Type switch
            {
                VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Single => view.GetColumn<VBuffer<float>>(column).Take(Rows).Count(),
                VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Double => view.GetColumn<VBuffer<double>>(column).Take(Rows).Count(),
                TextDataViewType => view.GetColumn<ReadOnlyMemory<char>>(column).Take(Rows).Count(),
                NumberDataViewType when column.Type == NumberDataViewType.Single => view.GetColumn<float>(column).Take(Rows).Count(),
                NumberDataViewType when column.Type == NumberDataViewType.Int64 => view.GetColumn<long>(column).Take(Rows).Count(),
                _ => 0,
            };
        }
    }

    /// <summary>Says so where a number that must be finite is not.</summary>
    internal static void ExpectFinite(ReadOnlySpan<float> values, string what)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                throw new FuzzFaultException($"{what} holds {value}");
        }
    }

    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-seeds-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static IDataView CreatePairs()
    {
        var schema = SchemaDefinition.Create(typeof(Pair));
        foreach (var name in new[] { nameof(Pair.Image), nameof(Pair.Text) })
            schema[name].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        return Context.Data.LoadFromEnumerable(
            Enumerable.Range(0, Count).Select(i => new Pair { Id = i, Image = Rows(1, Dimension, i), Text = Rows(1, Dimension, i + 1000), Modality = i % 3 == 0 ? "image" : "text" }).ToArray(), schema);
    }

    internal sealed class Pair
    {
        public long Id { get; set; }

        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];

        public string Modality { get; set; } = "";
    }
}
