using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Optimal transport where pairs are missing.</summary>
internal sealed class TransportMethod(SharedOptions shared) : FitMethod
{
    private readonly Option<int?> _rows = new("--transport-rows")
    {
        Description = $"How many rows of each modality are drawn. Default {TransportModalitiesOptions.Default.SampleCount}.",
        HelpName = "number",
    };

    private readonly Option<double?> _softness = new("--epsilon")
    {
        Description = FormattableString.Invariant($"How soft the transport is, in units of a cosine. Default {TransportModalitiesOptions.Default.Regularization}."),
        HelpName = "number",
    };

    internal override string Name => "transport";

    internal override string Description => "centre both, and rotate one onto the other (default the second) by optimal transport, without pairs";

    internal override IReadOnlyList<Option> Options => [_rows, _softness, shared.Shrinkage, shared.Towards];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings)
    {
        var defaults = TransportModalitiesOptions.Default;
        var result = settings.CommandLine;
        return ml.Transforms.TransportModalities(columns, new TransportModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            SampleCount = result.GetValue(_rows) ?? defaults.SampleCount,
            Regularization = result.GetValue(_softness) ?? defaults.Regularization,
            Shrinkage = result.GetValue(shared.Shrinkage) is { } text ? SharedOptions.ParseAmount(text, shared.Shrinkage.Name) : defaults.Shrinkage,
            Towards = result.GetValue(shared.Towards),
            Seed = settings.Seed,
        });
    }
}
