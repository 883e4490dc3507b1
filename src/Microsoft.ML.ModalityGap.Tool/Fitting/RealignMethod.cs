using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>ReAlign.</summary>
internal sealed class RealignMethod(SharedOptions shared) : FitMethod
{
    private readonly Option<bool> _noCentroidStep = new("--no-centroid-step") { Description = "Leave out the second correction of the mean, and the pass over the data it takes." };

    internal override string Name => "realign";

    internal override string Description => "give the others the mean and the variance of one modality (default the first)";

    internal override IReadOnlyList<Option> Options => [shared.Towards, _noCentroidStep];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.RealignModalities(columns, new RealignModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Towards = settings.CommandLine.GetValue(shared.Towards),
            CentroidStep = !settings.CommandLine.GetValue(_noCentroidStep),
        });
}
