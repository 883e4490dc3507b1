namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of maps by a column of modalities.</summary>
internal sealed class LongModelTarget : TransformerTarget
{
    internal override string Name => "model-long";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.CenterModalities(ModalityColumns.PerRow(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Modality), "Long")).Fit(Seeds.Pairs);
}
