namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of maps with a correction of similarities.</summary>
internal sealed class CorrectedModelTarget : TransformerTarget
{
    internal override string Name => "model-corrected";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.CorrectSimilarities(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)).Fit(Seeds.Pairs);
}
