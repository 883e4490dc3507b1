using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Long-CLIP's primary component matching.</summary>
internal sealed class MatchMethod(SharedOptions shared) : FitMethod
{
    private readonly Option<bool> _takeMean = new("--take-mean") { Description = "Take over the mean of the modality that is matched, too." };

    internal override string Name => "match";

    internal override string Description => "keep of one modality, such as long texts, what lies in the leading components (--keep) of another (--towards, default the second)";

    internal override IReadOnlyList<Option> Options => [shared.Keep, shared.Towards, _takeMean];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.MatchComponents(columns, new MatchComponentsOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Components = settings.CommandLine.GetValue(shared.Keep) ?? MatchComponentsOptions.Default.Components,
            Reference = settings.CommandLine.GetValue(shared.Towards),
            TakeReferenceMean = settings.CommandLine.GetValue(_takeMean),
        });
}
