using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>I0T_post.</summary>
internal sealed class CenterMethod : FitMethod
{
    private readonly Option<double?> _strength = new Option<double?>("--strength") { Description = "Which part of the mean to take away. Default 1; 0.5 leaves half the gap.", HelpName = "number" }.Within(0);

    internal override string Name => "center";

    internal override string Description => "take away each modality's mean and normalise again (I0T_post)";

    internal override IReadOnlyList<Option> Options => [_strength];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.CenterModalities(columns, new CenterModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Strength = settings.CommandLine.GetValue(_strength) ?? CenterModalitiesOptions.Default.Strength,
        });
}
