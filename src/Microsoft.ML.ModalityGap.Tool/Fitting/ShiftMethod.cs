using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Mind the Gap's shift.</summary>
internal sealed class ShiftMethod : FitMethod
{
    private readonly Option<double?> _lambda = new("--lambda") { Description = "Which part of the gap to close. Default 1.", HelpName = "number" };

    private readonly Option<double?> _firstShare = new Option<double?>("--first-share") { Description = "Which part of the way the first modality goes; the second goes the rest. Default 0.5.", HelpName = "0..1" }.Within(0, 1);

    internal override string Name => "shift";

    internal override string Description => "move two modalities towards each other along the line of their means";

    internal override IReadOnlyList<Option> Options => [_lambda, _firstShare];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.ShiftModalities(columns, new ShiftModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Lambda = settings.CommandLine.GetValue(_lambda) ?? ShiftModalitiesOptions.Default.Lambda,
            FirstShare = settings.CommandLine.GetValue(_firstShare) ?? ShiftModalitiesOptions.Default.FirstShare,
        });
}
