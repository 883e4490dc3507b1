namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Indexes of images and texts, and queries of both.</summary>
internal static class Galleries
{
    /// <summary>Of every two rows one is an image and one is a text, by number; behind the model's maps where it corrects.</summary>
    public static EmbeddingIndex Create(int pairs, bool isCorrected = false, IndexStorage storage = IndexStorage.Float32, SimilarityMetric metric = SimilarityMetric.Cosine, IndexFirstPass firstPass = IndexFirstPass.None)
    {
        var options = new EmbeddingIndexOptions { Storage = storage, Metric = metric, FirstPass = firstPass, Correction = isCorrected ? Pairs.Model.Correction : null };
        var index = new EmbeddingIndex(Pairs.Dimension, options, isCorrected ? Pairs.Model.Fingerprint : null);
        var (images, texts) = Pairs.Draw(pairs, seed: 3);
        for (var i = 0; i < pairs; i++)
        {
            index.Add(2 * i, isCorrected ? Pairs.Model.GetModality("Image").Map.Apply(images[i]) : images[i], "Image");
            index.Add(2 * i + 1, isCorrected ? Pairs.Model.GetModality("Text").Map.Apply(texts[i]) : texts[i], "Text");
        }

        return index;
    }

    /// <summary>Graphs of one thread, which are the same each time: those of several may miss a row now and then.</summary>
    public static ApproximateIndex Graphs(EmbeddingIndex index, ApproximateIndexOptions? options = null) => ApproximateIndex.Create(index, (options ?? new()) with { MaxDegreeOfParallelism = 1 });

    public static float[] Queries(int count, bool isCorrected = false, int seed = 4) =>
        [.. Pairs.Draw(count, seed).Texts.SelectMany(text => isCorrected ? Pairs.Model.GetModality("Text").Map.Apply(text) : text)];
}
