using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Looks on while a mapped column is read, and tells in the end whether its rows are those that its map, or one that it came through before, was fitted on. So a gallery that is encoded as it is
/// read is encoded once.
/// </summary>
internal sealed class FittedRowsWatch
{
    private readonly string _name;
    private readonly List<Link> _links;

    private FittedRowsWatch(string name, List<Link> links) => (_name, _links) = (name, links);

    /// <summary>What has to be active in the cursor beside the mapped column.</summary>
    internal IEnumerable<DataViewSchema.Column> Columns =>
        _links.SelectMany(link => link.Modality is { } modality ? [link.Input, modality] : new[] { link.Input });

    /// <summary>Whose rows were those that their map was fitted on: the column's name, or, where the modality is told row by row, those of modalities.</summary>
    internal IEnumerable<string> FindFitted() =>
        _links.SelectMany(link => link.Sums).Where(sum => sum.Agrees).Select(sum => sum.Modality ?? _name).Distinct(StringComparer.Ordinal);

    /// <returns><see langword="null"/> where no map knows what it was fitted on, or where the number of rows says already that they are others.</returns>
    internal static FittedRowsWatch? Create(IDataView data, DataViewSchema.Column column)
    {
        var links = new List<Link>();
        var rows = data.GetRowCount();
        foreach (var known in FittedRows.Find(data.Schema, column))
        {
            var sums = known.Statistics.Select(entry => new Sum(entry.Modality, entry.Statistics, known.Input)).ToList();
            if (rows is null || sums.Exists(sum => known.Modality is null ? rows == sum.Rows : rows >= sum.Rows))
                links.Add(new Link(known.Input, known.Modality, sums));
        }

        return links.Count == 0 ? null : new FittedRowsWatch(column.Name, links);
    }

    /// <summary>Takes the getters of a cursor in which <see cref="Columns"/> are active.</summary>
    internal void Bind(DataViewRow cursor)
    {
        foreach (var link in _links)
            link.Bind(cursor);
    }

    /// <summary>Looks at the row that the cursor stands on.</summary>
    /// <returns>Whether the rows may still be those of a map.</returns>
    internal bool Observe()
    {
        var open = false;
        foreach (var link in _links)
            open |= link.Observe();
        return open;
    }

    /// <summary>One map of the chain, with the column that it takes.</summary>
    private sealed class Link(DataViewSchema.Column input, DataViewSchema.Column? modality, List<Sum> sums)
    {
        private ValueGetter<VBuffer<float>>? _getter;
        private ModalityReader? _reader;
        private VBuffer<float> _row;

        internal DataViewSchema.Column Input => input;

        internal DataViewSchema.Column? Modality => modality;

        internal List<Sum> Sums => sums;

        internal void Bind(DataViewRow cursor)
        {
            _getter = cursor.GetGetter<VBuffer<float>>(input);
            _reader = modality is { } column ? ModalityReader.Create(cursor, column) : null;
        }

        internal bool Observe()
        {
            if (FindSum() is { IsOver: false } sum)
            {
                _getter!(ref _row);
                DenseRows.MakeDense(ref _row);
                sum.Add(_row.GetValues());
            }

            return sums.Exists(entry => !entry.IsOver);
        }

        private Sum? FindSum()
        {
            if (_reader is null)
                return sums[0];
            var name = _reader.Read();
            foreach (var sum in sums)
            {
                if (name.SequenceEqual(sum.Modality))
                    return sum;
            }

            return null;
        }
    }

    /// <summary>The number and the mean of the rows of one map, beside those it was fitted on.</summary>
    private sealed class Sum
    {
        private readonly FittedStatistics _fitted;
        private readonly ModalityStatisticsBuilder _builder;
        private long _count;

        internal Sum(string? modality, FittedStatistics fitted, DataViewSchema.Column input)
        {
            (Modality, _fitted) = (modality, fitted);
            var options = new ModalityStatisticsOptions { Normalize = fitted.Normalized, UnusableRows = UnusableRows.Skip };
            _builder = new ModalityStatisticsBuilder(fitted.Mean.Length, options, RowOrigins.Of(input));
        }

        internal string? Modality { get; }

        internal long Rows => _fitted.Count + _fitted.SkippedCount;

        /// <summary>Whether there are more rows than those fitted on already.</summary>
        internal bool IsOver => _count > _fitted.Count;

        internal bool Agrees => _count == _fitted.Count && _fitted.HasMean(_builder.Build().Mean);

        internal void Add(ReadOnlySpan<float> row)
        {
            if (row.Length == _fitted.Mean.Length && _builder.TryAdd(row) == RowDefect.None)
                _count++;
        }
    }
}
