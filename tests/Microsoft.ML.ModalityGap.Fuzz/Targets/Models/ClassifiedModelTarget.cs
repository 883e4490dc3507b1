namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of a classifier.</summary>
internal sealed class ClassifiedModelTarget : TransformerTarget
{
    internal override string Name => "model-classified";

    protected override ITransformer Fit() =>
        Seeds.Context.Transforms.ClassifyZeroShot(nameof(Seeds.Pair.Image), new ZeroShotClasses(["cat", "dog"], [Seeds.Rows(1, Seeds.Dimension, 1), Seeds.Rows(1, Seeds.Dimension, 2)])).Fit(Seeds.Pairs);
}
