namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of caption scores.</summary>
internal sealed class CaptionsModelTarget : TransformerTarget
{
    internal override string Name => "model-captions";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.ScoreCaptions(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)).Fit(Seeds.Pairs);
}
