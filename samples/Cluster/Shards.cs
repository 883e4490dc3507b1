using Microsoft.ML;
using Microsoft.ML.Data;

namespace Cluster;

/// <summary>Shards of made-up pairs of image and text embeddings with a gap between them.</summary>
internal static class Shards
{
    internal const int Count = 9;
    internal const int Rows = 4000;
    internal const int Dimension = 64;

    internal static (string[] Images, string[] Texts) Write(MLContext ml, string folder)
    {
        var random = new Random(1);
        var (images, texts) = (new string[Count], new string[Count]);
        for (var shard = 0; shard < Count; shard++)
        {
            var pairs = Enumerable.Range(0, Rows).Select(_ => Draw(random)).ToArray();
            (images[shard], texts[shard]) = (Path.Combine(folder, $"img_{shard}.npy"), Path.Combine(folder, $"txt_{shard}.npy"));
            Save(ml, images[shard], pairs.Select(pair => pair.Image));
            Save(ml, texts[shard], pairs.Select(pair => pair.Text));
        }

        return (images, texts);
    }

    /// <summary>The rows of a file.</summary>
    internal static float[][] Read(MLContext ml, string path) => [.. ml.ModalityGap().LoadFromFiles([("Embedding", path)]).GetColumn<float[]>("Embedding")];

    private static (float[] Image, float[] Text) Draw(Random random)
    {
        var (image, text) = (new float[Dimension], new float[Dimension]);
        for (var d = 0; d < Dimension; d++)
        {
            var shared = random.NextSingle() * 2 - 1;
            image[d] = shared + 0.8f * random.NextSingle() + (d == 0 ? 4 : 0);
            text[d] = shared + 0.8f * random.NextSingle() + (d == 1 ? 4 : 0);
        }

        return (image, text);
    }

    private static void Save(MLContext ml, string path, IEnumerable<float[]> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        ml.ModalityGap().SaveAsNpy(ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Embedding = row }), schema), path, nameof(Row.Embedding));
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }
}
