namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model with an index in it.</summary>
internal sealed class NearestModelTarget : TransformerTarget
{
    internal override string Name => "model-nearest";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.RetrieveNearest(EmbeddingIndex.Load(new MemoryStream(IndexTarget.Create(IndexStorage.Float32, SimilarityMetric.Cosine))), nameof(Seeds.Pair.Text), new RetrieveNearestOptions { K = 3 }).Fit(Seeds.Pairs);
}
