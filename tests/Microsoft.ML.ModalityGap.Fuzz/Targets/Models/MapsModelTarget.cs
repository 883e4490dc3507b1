namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of maps.</summary>
internal sealed class MapsModelTarget : TransformerTarget
{
    internal override string Name => "model-maps";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.WhitenModalities(ModalityColumns.PerColumn(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text))).Fit(Seeds.Pairs);
}
