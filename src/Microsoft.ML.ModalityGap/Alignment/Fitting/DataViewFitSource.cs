using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data view with all modalities.</summary>
internal sealed class DataViewFitSource(IHost host, ModalityColumns columns, ModalityFitOptions options, IDataView data) : MapFitSource(options)
{
    private IReadOnlyList<string>? _modalities;

    internal override IReadOnlyList<string> Modalities
    {
        get
        {
            if (columns.ModalityColumnName is null)
                return _modalities ??= [.. columns.Pairs.Select(pair => pair.Input)];
            if (_modalities is null)
                GetStatistics(ModalityMoments.Mean);
            return _modalities!;
        }
    }

    internal override IReadOnlyList<int> Dimensions
    {
        get
        {
            var dimensions = columns.Pairs.Select(pair => EmbeddingColumns.FindDimension(data, EmbeddingColumns.Find(host, data.Schema, pair.Input))
                ?? throw new InvalidDataException(ModalityStatisticsBuilder.DescribeEmpty(pair.Input, skipped: 0))).ToArray();
            return columns.ModalityColumnName is null ? dimensions : [.. Modalities.Select(_ => dimensions[0])];
        }
    }

    internal override string? GetExpectedInput(int modality)
    {
        var column = columns.Pairs[columns.ModalityColumnName is null ? modality : 0].Input;
        return MapFingerprint.Find(EmbeddingColumns.Find(host, data.Schema, column)) ?? ModalityMap.RawInput;
    }

    internal override IReadOnlyList<ModalityStatistics> Measure(IReadOnlyList<EmbeddingMap> maps)
    {
        var mapped = new EmbeddingMapTransformer(host, columns, [.. Modalities.Zip(maps, (name, map) => new ModalityMap(name, map))]).Transform(data);
        var outputs = columns.ModalityColumnName is { } modality
            ? ModalityColumns.PerRow(columns.Pairs[0].Output, modality)
            : ModalityColumns.PerColumn(columns.Pairs.Select(pair => pair.Output));
        return Fit(outputs, new ModalityStatisticsOptions { Normalize = false, UnusableRows = Options.UnusableRows }, mapped);
    }

    internal override RowSample Sample(int count, int seed) => new RowSampler(host, columns, Options, Modalities, Dimensions).Draw(data, count, seed);

    private protected override IReadOnlyList<ModalityStatistics> ComputeStatistics(ModalityMoments moments)
    {
        var fitted = new ModalityStatisticsFitter(host, columns, Options.ToStatisticsOptions(moments)).Fit(data);
        _modalities = [.. fitted.Select(entry => entry.Modality)];
        return [.. fitted.Select(entry => entry.Statistics)];
    }

    private protected override PairStatistics ComputePairStatistics(int folds) => columns.ModalityColumnName is null && columns.Pairs.Count == 2
        ? new PairStatisticsFitter(host, columns.Pairs[0].Input, columns.Pairs[1].Input, Options.ToStatisticsOptions(ModalityMoments.Covariance), folds).Fit(data)
        : throw NeedsPairs();

    private IReadOnlyList<ModalityStatistics> Fit(ModalityColumns outputs, ModalityStatisticsOptions statisticsOptions, IDataView mapped) =>
        [.. new ModalityStatisticsFitter(host, outputs, statisticsOptions).Fit(mapped).Select(entry => entry.Statistics)];
}
