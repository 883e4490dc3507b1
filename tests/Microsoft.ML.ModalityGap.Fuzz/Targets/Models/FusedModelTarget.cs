namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of a fusion of embeddings.</summary>
internal sealed class FusedModelTarget : TransformerTarget
{
    internal override string Name => "model-fused";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.FuseEmbeddings("Both", [nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)], new FuseEmbeddingsOptions { Weights = [0.7, -0.2] }).Fit(Seeds.Pairs);
}
