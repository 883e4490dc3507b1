using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The few dimensions that tell modalities apart.</summary>
internal sealed class NeutralizeMethod : FitMethod
{
    private readonly Option<int?> _count = new Option<int?>("--dimensions-to-clear") { Description = $"How many. Default {NeutralizeDimensionsOptions.Default.Count}.", HelpName = "number" }.Within(0);

    internal override string Name => "neutralize";

    internal override string Description => "clear the few dimensions that tell the modalities apart and do little for retrieval";

    internal override IReadOnlyList<Option> Options => [_count];

    internal override bool NeedsPairs => true;

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.NeutralizeDimensions(columns, new NeutralizeDimensionsOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Count = settings.CommandLine.GetValue(_count) ?? NeutralizeDimensionsOptions.Default.Count,
        });
}
