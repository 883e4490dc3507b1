namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>I0T_post.</summary>
internal sealed class CenterMethod : FitMethod
{
    internal override string Name => "center";

    internal override string Description => "take away each modality's mean and normalise again (I0T_post)";

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.CenterModalities(columns, new CenterModalitiesOptions { NormalizeInput = settings.NormalizeInput, UnusableRows = settings.UnusableRows });
}
