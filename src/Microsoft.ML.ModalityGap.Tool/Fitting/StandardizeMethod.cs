using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Mean and deviation of each dimension.</summary>
internal sealed class StandardizeMethod(SharedOptions shared) : FitMethod
{
    internal override string Name => "standardize";

    internal override string Description => "also divide each dimension by the modality's deviation";

    internal override IReadOnlyList<Option> Options => [shared.Shrinkage];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.StandardizeModalities(columns, new StandardizeModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Shrinkage = settings.CommandLine.GetValue(shared.Shrinkage) is { } text ? SharedOptions.ParseAmount(text, shared.Shrinkage.Name) : 0,
        });
}
