using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Mind the Gap's shift.</summary>
internal sealed class ShiftMethod : FitMethod
{
    private readonly Option<double?> _lambda = new("--lambda") { Description = "Which part of the gap to close. Default 1.", HelpName = "number" };

    private readonly Option<double?> _absoluteLambda = new("--absolute-lambda")
    {
        Description = "The same in units of the space, as papers have it: how far each modality moves. Half the gap closes it.",
        HelpName = "number",
    };

    private readonly Option<double?> _firstShare = new Option<double?>("--first-share") { Description = "Which part of the way the first modality goes; the second goes the rest. Default 0.5.", HelpName = "0..1" }.Within(0, 1);

    internal override string Name => "shift";

    internal override string Description => "move two modalities towards each other along the line of their means";

    internal override IReadOnlyList<Option> Options => [_lambda, _absoluteLambda, _firstShare];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings)
    {
        if (settings.CommandLine.GetValue(_lambda) is not null && settings.CommandLine.GetValue(_absoluteLambda) is not null)
            throw new UsageException("--lambda is a part of the gap and --absolute-lambda a distance; give one of them.");
        return ml.Transforms.ShiftModalities(columns, new ShiftModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Lambda = settings.CommandLine.GetValue(_lambda) ?? ShiftModalitiesOptions.Default.Lambda,
            AbsoluteLambda = settings.CommandLine.GetValue(_absoluteLambda),
            FirstShare = settings.CommandLine.GetValue(_firstShare) ?? ShiftModalitiesOptions.Default.FirstShare,
        });
    }
}
