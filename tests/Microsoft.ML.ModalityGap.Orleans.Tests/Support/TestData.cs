using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Shards of seeded pairs in files, and what one process makes of all of them.</summary>
internal sealed class TestData : IDisposable
{
    internal const int Dimension = 16;

    private readonly TemporaryFolder _folder = new();

    /// <param name="shards">How many.</param>
    /// <param name="rows">Of each.</param>
    internal TestData(int shards = 6, int rows = 150)
    {
        (Shards, Rows) = (shards, rows);
        var random = new Random(7);
        for (var shard = 0; shard < shards; shard++)
        {
            var (image, text) = (new float[rows * Dimension], new float[rows * Dimension]);
            for (var i = 0; i < image.Length; i++)
            {
                var shared = random.NextDouble() * 2 - 1;
                image[i] = (float)(shared + 0.5 * random.NextDouble() + (i % Dimension == 0 ? 2 : 0));
                text[i] = (float)(shared + 0.5 * random.NextDouble() + (i % Dimension == 1 ? 2 : 0));
            }

            // Rows that are the same tie, within a shard and across them.
            if (shard > 0)
                Images[0].AsSpan(0, Dimension).CopyTo(image.AsSpan(3 * Dimension));
            image.AsSpan(0, Dimension).CopyTo(image.AsSpan(5 * Dimension));
            Images.Add(image);
            Texts.Add(text);
            Write(ImagePath(shard), image);
            Write(TextPath(shard), text);
        }
    }

    internal int Shards { get; }

    internal int Rows { get; }

    internal List<float[]> Images { get; } = [];

    internal List<float[]> Texts { get; } = [];

    internal float[] Queries => Texts[0][..(40 * Dimension)];

    internal string Folder => _folder.Path;

    internal string File(string name) => _folder.File(name);

    internal string ImagePath(int shard) => File($"img_{shard}.npy");

    internal string TextPath(int shard) => File($"txt_{shard}.npy");

    internal string IndexPath(int shard, string name = "") => File($"{name}{shard}.index");

    /// <summary>Deletes the folder. Silos that were killed in this process may have threads that write a last file meanwhile.</summary>
    public void Dispose()
    {
        for (var watch = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                _folder.Dispose();
                return;
            }
            catch (IOException) when (watch.Elapsed < TimeSpan.FromMinutes(1))
            {
            }
        }
    }

    internal ClusterFit CreateFit(string output, bool arePairs = true, string estimator = "corrected") => new()
    {
        Modalities = [new ClusterModality("image", Enumerable.Range(0, Shards).Select(ImagePath)), new ClusterModality("text", Enumerable.Range(0, Shards).Select(TextPath))],
        ArePairs = arePairs,
        Estimator = estimator,
        Output = File(output),
    };

    /// <summary>The fit of one process over all shards, in another order than the cluster's.</summary>
    internal byte[] FitAlone(bool arePairs, string estimator)
    {
        var (ml, options) = (new MLContext(), new ShardOptions());
        string[][] groups = arePairs ? [["image", "text"]] : [["image"], ["text"]];
        var work = (from number in Enumerable.Range(0, Shards).Reverse() from names in groups select (names, Files: names.Select(name => name == "image" ? ImagePath(number) : TextPath(number)).ToArray())).ToArray();
        IDataView Open(string[] names, string[] files) => ml.ModalityGap().LoadFromFiles([.. names.Zip(files)]);
        var described = groups.Select(names => ShardGroup.Of(Open(names, work.First(entry => entry.names == names).Files), names)).ToArray();
        StatisticsFile.Write(File("alone.stats"), described, options, work.Length, samples => work.Select(entry =>
        {
            var group = Array.IndexOf(groups, entry.names);
            return ShardReader.Measure(described[group], [.. entry.Files.Select(file => (file, file))], Open(entry.names, entry.Files), options, samples[group], progress: null, CancellationToken.None);
        }));
        var statistics = MergedStatistics.Merge([File("alone.stats")]);
        var model = statistics.Fit(new ModalityGapSiloOptions().Estimators[estimator](ml, ModalityColumns.PerColumn(statistics.Names), arePairs));
        var schema = new DataViewSchema.Builder();
        foreach (var name in statistics.Names)
            schema.AddColumn(name, new Microsoft.ML.Data.VectorDataViewType(Microsoft.ML.Data.NumberDataViewType.Single, Dimension));
        ml.Model.Save(model, schema.ToSchema(), File("alone.zip"));
        return ReadModel(File("alone.zip"));
    }

    /// <summary>What one process makes of the images of each shard, by the model that <see cref="FitAlone"/> wrote.</summary>
    internal byte[][] TransformAlone()
    {
        var ml = new MLContext();
        var model = (EmbeddingMapTransformer)ml.Model.Load(File("alone.zip"), out _);
        var expected = new byte[Shards][];
        for (var i = 0; i < expected.Length; i++)
        {
            var view = ml.ModalityGap().LoadFromFiles([("image", ImagePath(i)), ("text", TextPath(i))]);
            ml.ModalityGap().SaveAsNpy(model.Transform(view), File("expected.npy"), "image");
            expected[i] = System.IO.File.ReadAllBytes(File("expected.npy"));
        }

        return expected;
    }

    /// <summary>What is in a saved model: archives of the same content differ in their times.</summary>
    internal static byte[] ReadModel(string path)
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(path);
        using var content = new MemoryStream();
        foreach (var entry in archive.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            content.Write(System.Text.Encoding.UTF8.GetBytes(entry.FullName));
            using var stream = entry.Open();
            stream.CopyTo(content);
        }

        return content.ToArray();
    }

    /// <summary>Writes the index of each shard and returns one over all of them.</summary>
    internal EmbeddingIndex WriteIndexes(EmbeddingIndexOptions? options = null, string? fingerprint = null, string name = "", IEnumerable<int>? shards = null)
    {
        var whole = new EmbeddingIndex(Dimension, options, fingerprint);
        foreach (var shard in shards ?? Enumerable.Range(0, Shards))
        {
            var part = new EmbeddingIndex(Dimension, options, fingerprint);
            for (var row = 0; row < Rows; row++)
            {
                var (values, modality) = row % 3 == 0 ? (Texts[shard], "text") : (Images[shard], "image");
                var id = $"{shard}:{row}";
                part.Add(id, values.AsSpan(row * Dimension, Dimension), modality);
                whole.Add(id, values.AsSpan(row * Dimension, Dimension), modality);
            }

            part.Save(IndexPath(shard, name));
        }

        return whole;
    }

    internal ClusterIndex CreateIndex(int replicas = 1, string name = "", IEnumerable<int>? shards = null) => new((shards ?? Enumerable.Range(0, Shards)).Select(shard => IndexPath(shard, name))) { Replicas = replicas };

    internal static void Write(string path, float[] rows)
    {
        using var stream = System.IO.File.Create(path);
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows.Length / Dimension}, {Dimension}), }}".PadRight(117) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8)]);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
        stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(rows));
    }
}
