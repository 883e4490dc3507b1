using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Computes the statistics of modalities in one pass over a data view, on ML.NET's parallel cursors: one thread and one set of
/// builders per cursor, merged at the end.
/// </summary>
internal sealed class ModalityStatisticsFitter
{
    private readonly IHost _host;
    private readonly ModalityColumns _columns;
    private readonly ModalityStatisticsOptions _options;

    internal ModalityStatisticsFitter(IHost host, ModalityColumns columns, ModalityStatisticsOptions options)
    {
        _host = host;
        _columns = columns;
        _options = options;
    }

    /// <returns>The modalities: in wide data in the columns' order, in long data in ordinal order of their names.</returns>
    internal IReadOnlyList<(string Modality, ModalityStatistics Statistics)> Fit(IDataView data)
    {
        var embeddings = _columns.Pairs.Select(pair => EmbeddingColumns.Find(_host, data.Schema, pair.Input)).ToArray();
        DataViewSchema.Column? modality = _columns.ModalityColumnName is { } name ? EmbeddingColumns.FindModality(_host, data.Schema, name) : null;
        var dimensions = embeddings
            .Select(column => EmbeddingColumns.FindDimension(data, column)
                ?? throw new InvalidDataException(ModalityStatisticsBuilder.DescribeEmpty(column.Name, skipped: 0)))
            .ToArray();

        using var channel = _host.Start("Compute modality statistics");
        var needed = modality is null ? embeddings : [.. embeddings, modality.Value];
        var cursors = data.GetRowCursorSet(needed, Environment.ProcessorCount);
        var workers = cursors.Select(cursor => modality is null
            ? (Worker)new WideWorker(cursor, embeddings, dimensions, _options)
            : new LongWorker(cursor, embeddings[0], modality.Value, dimensions[0], _options)).ToArray();

        CursorWorker.RunAll(_host, "Compute modality statistics", workers, data.GetRowCount());
        var result = Combine(workers);
        foreach (var (modalityName, statistics) in result)
        {
            channel.Info($"'{modalityName}': {statistics}.");
            if (statistics.SkippedCount > 0)
                channel.Warning($"'{modalityName}': {statistics.SkippedCount} of {statistics.SkippedCount + statistics.Count} rows could not be used and were left out.");
        }

        var nameless = workers.Sum(worker => worker.Nameless);
        if (nameless > 0)
            channel.Warning($"{nameless} rows without a value in '{_columns.ModalityColumnName}' were left out.");
        return result;
    }

    private (string, ModalityStatistics)[] Combine(Worker[] workers)
    {
        if (_columns.ModalityColumnName is null)
        {
            return [.. _columns.Pairs.Select((pair, i) => (pair.Input, ModalityStatisticsBuilder.Combine([.. workers.Select(worker => ((WideWorker)worker).Builders[i])])))];
        }

        var builders = workers.SelectMany(worker => ((LongWorker)worker).Builders).ToLookup(entry => entry.Key, entry => entry.Value);
        if (builders.Count == 0)
            throw new InvalidDataException(ModalityStatisticsBuilder.DescribeEmpty(_columns.Pairs[0].Input, workers.Sum(worker => worker.Nameless)));
        return [.. builders.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, ModalityStatisticsBuilder.Combine([.. group])))];
    }

    /// <summary>Reads one cursor into builders.</summary>
    private abstract class Worker(DataViewRowCursor cursor) : CursorWorker(cursor)
    {
        internal long Nameless { get; private protected set; }

        private protected void Add(ModalityStatisticsBuilder builder, ref VBuffer<float> row)
        {
            DenseRows.MakeDense(ref row);
            if (builder.TryAdd(row.GetValues()) is var defect and not RowDefect.None)
                builder.Reject(defect, row.GetValues(), GetRowNumber());
        }
    }

    private sealed class WideWorker : Worker
    {
        private readonly ValueGetter<VBuffer<float>>[] _getters;
        private VBuffer<float> _row;

        internal WideWorker(DataViewRowCursor cursor, DataViewSchema.Column[] columns, int[] dimensions, ModalityStatisticsOptions options)
            : base(cursor)
        {
            _getters = [.. columns.Select(column => cursor.GetGetter<VBuffer<float>>(column))];
            Builders = [.. columns.Select((column, i) => new ModalityStatisticsBuilder(dimensions[i], options, RowOrigins.Of(column)))];
        }

        internal ModalityStatisticsBuilder[] Builders { get; }

        private protected override void ReadRow()
        {
            for (var i = 0; i < _getters.Length; i++)
            {
                _getters[i](ref _row);
                Add(Builders[i], ref _row);
            }
        }
    }

    private sealed class LongWorker : Worker
    {
        private readonly ValueGetter<VBuffer<float>> _getter;
        private readonly ModalityReader _modality;
        private readonly Func<ModalityStatisticsBuilder> _create;
        private readonly Dictionary<string, ModalityStatisticsBuilder>.AlternateLookup<ReadOnlySpan<char>> _lookup;
        private readonly string _modalityColumn;
        private readonly bool _skips;
        private VBuffer<float> _row;

        internal LongWorker(
            DataViewRowCursor cursor, DataViewSchema.Column embedding, DataViewSchema.Column modality, int dimension, ModalityStatisticsOptions options)
            : base(cursor)
        {
            _getter = cursor.GetGetter<VBuffer<float>>(embedding);
            _modality = ModalityReader.Create(cursor, modality);
            _create = () => new ModalityStatisticsBuilder(dimension, options, RowOrigins.Of(embedding));
            _lookup = Builders.GetAlternateLookup<ReadOnlySpan<char>>();
            _modalityColumn = modality.Name;
            _skips = options.UnusableRows == UnusableRows.Skip;
        }

        internal Dictionary<string, ModalityStatisticsBuilder> Builders { get; } = new(StringComparer.Ordinal);

        private protected override void ReadRow()
        {
            var name = _modality.Read();
            if (name.IsEmpty)
            {
                if (!_skips)
                {
                    throw new InvalidDataException(
                        $"Column '{_modalityColumn}', row {GetRowNumber()}, names no modality. Mend the data, or set "
                        + $"{nameof(ModalityStatisticsOptions.UnusableRows)} to {nameof(UnusableRows.Skip)} to leave such rows out.");
                }

                Nameless++;
                return;
            }

            if (!_lookup.TryGetValue(name, out var builder))
            {
                if (Builders.Count == MaximumModalities)
                    throw new InvalidDataException($"Column '{_modalityColumn}' has more than {MaximumModalities} different values; it does not look like a modality.");
                _lookup[name] = builder = _create();
            }

            _getter(ref _row);
            Add(builder, ref _row);
        }
    }

    // Each has sums of its own; a caption column taken for the modality column must not eat the memory.
    private const int MaximumModalities = 1000;
}
