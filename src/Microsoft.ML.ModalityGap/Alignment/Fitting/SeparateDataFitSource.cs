namespace Microsoft.ML.ModalityGap;

/// <summary>A data set per modality; their rows are no pairs.</summary>
internal sealed class SeparateDataFitSource(ModalityFitOptions options, IReadOnlyList<(string Modality, MapFitSource Source)> parts) : MapFitSource(options)
{
    internal override IReadOnlyList<string> Modalities { get; } = [.. parts.Select(part => part.Modality)];

    internal override IReadOnlyList<int> Dimensions => [.. parts.Select(part => part.Source.Dimensions[0])];

    internal override string? GetExpectedInput(int modality) => parts[modality].Source.GetExpectedInput(0);

    internal override IReadOnlyList<ModalityStatistics> Measure(IReadOnlyList<EmbeddingMap> maps) =>
        [.. parts.Zip(maps, (part, map) => part.Source.Measure([map])[0])];

    internal override RowSample Sample(int count, int seed) =>
        new([.. parts.Select(part => part.Source.Sample(count, seed).Rows[0])], Dimensions, ArePairs: false);

    private protected override IReadOnlyList<ModalityStatistics> ComputeStatistics(ModalityMoments moments) =>
        [.. parts.Select(part => part.Source.GetStatistics(moments)[0])];

    private protected override PairStatistics ComputePairStatistics(int folds) => throw NeedsPairs();
}
