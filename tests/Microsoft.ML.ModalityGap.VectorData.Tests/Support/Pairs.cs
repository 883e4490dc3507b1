using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Pairs of images and texts with a gap between them, and models fitted to them.</summary>
internal static class Pairs
{
    public const int Dimension = 8;

    private static readonly Lazy<EmbeddingMapTransformer> _model = new(() => Fit(1));

    /// <summary>Maps, standardisation and hubs' biases for Image and Text.</summary>
    public static EmbeddingMapTransformer Model => _model.Value;

    public static EmbeddingMapTransformer Fit(int seed)
    {
        var context = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(Pair));
        schema[nameof(Pair.Image)].ColumnType = schema[nameof(Pair.Text)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        var (images, texts) = Draw(300, seed);
        var data = context.Data.LoadFromEnumerable(images.Zip(texts, (image, text) => new Pair { Image = image, Text = text }), schema);
        return context.Transforms.CorrectSimilarities("Image", "Text").Fit(data);
    }

    /// <summary>Unit-free vectors: partners share most of what they are; each modality has a mean of its own.</summary>
    public static (float[][] Images, float[][] Texts) Draw(int count, int seed)
    {
        var random = new Random(seed);
        float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        var (images, texts) = (new float[count][], new float[count][]);
        for (var i = 0; i < count; i++)
        {
            var shared = Enumerable.Range(0, Dimension).Select(_ => Normal()).ToArray();
            images[i] = [.. shared.Select((value, k) => value + 0.3f * Normal() + (k == 0 ? 4 : 0))];
            texts[i] = [.. shared.Select((value, k) => value + 0.3f * Normal() + (k == 1 ? 4 : 0))];
        }

        return (images, texts);
    }

    private sealed class Pair
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];
    }
}
