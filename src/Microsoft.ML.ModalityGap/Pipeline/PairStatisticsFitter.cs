using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Computes the joint statistics of two columns whose rows are pairs, in one pass on ML.NET's parallel cursors.</summary>
internal sealed class PairStatisticsFitter(IHost host, string first, string second, ModalityStatisticsOptions options, int folds)
{
    // Each thread has sums of its own; where these are large, fewer threads do.
    private const long MaximumSumBytes = 1L << 30;

    internal PairStatistics Fit(IDataView data)
    {
        string[] names = [first, second];
        var columns = Array.ConvertAll(names, name => EmbeddingColumns.Find(host, data.Schema, name));
        var dimensions = Array.ConvertAll(columns, column => EmbeddingColumns.FindDimension(data, column)
            ?? throw new InvalidDataException(ModalityStatisticsBuilder.DescribeEmpty(column.Name, skipped: 0)));

        using var channel = host.Start("Compute pair statistics");
        var sumBytes = sizeof(double) * (long)folds * (dimensions[0] + dimensions[1]) * (dimensions[0] + dimensions[1]);
        var threads = (int)Math.Clamp(MaximumSumBytes / sumBytes, 1, Environment.ProcessorCount);
        var workers = data.GetRowCursorSet(columns, threads)
            .Select(cursor => new Worker(cursor, columns, new PairStatisticsBuilder(
                dimensions[0], dimensions[1], options, folds, Array.ConvertAll(columns, RowOrigins.Of))))
            .ToArray();
        CursorWorker.RunAll(host, "Compute pair statistics", workers, data.GetRowCount());

        var statistics = PairStatisticsBuilder.Combine([.. workers.Select(worker => worker.Builder)]);
        channel.Info($"'{first}' and '{second}': {statistics}.");
        if (statistics.SkippedCount > 0)
            channel.Warning($"{statistics.SkippedCount} of {statistics.SkippedCount + statistics.Count} pairs of '{first}' and '{second}' could not be used and were left out.");
        return statistics;
    }

    private sealed class Worker(DataViewRowCursor cursor, DataViewSchema.Column[] columns, PairStatisticsBuilder builder) : CursorWorker(cursor)
    {
        private readonly ValueGetter<VBuffer<float>>[] _getters = Array.ConvertAll(columns, column => cursor.GetGetter<VBuffer<float>>(column));
        private VBuffer<float> _first;
        private VBuffer<float> _second;

        internal PairStatisticsBuilder Builder => builder;

        private protected override void ReadRow() => builder.Add(Read(0, ref _first), Read(1, ref _second), GetRowNumber());

        private ReadOnlySpan<float> Read(int side, ref VBuffer<float> row)
        {
            _getters[side](ref row);
            DenseRows.MakeDense(ref row);
            return row.GetValues();
        }
    }
}
