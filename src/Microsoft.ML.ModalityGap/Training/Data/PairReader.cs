using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Passes over the usable pairs of a data view, prepared for training: checked, and normalised where that is asked for.</summary>
internal sealed class PairReader
{
    private readonly IDataView _data;
    private readonly DataViewSchema.Column[] _columns;
    private readonly bool _normalizes;
    private readonly UnusableRows _policy;

    internal PairReader(IHost host, IDataView data, IReadOnlyList<string> columnNames, bool normalizes, UnusableRows policy)
    {
        (_data, _normalizes, _policy) = (data, normalizes, policy);
        _columns = [.. columnNames.Select(name => EmbeddingColumns.Find(host, data.Schema, name))];
        MapFingerprint.Check(_columns[0], _columns[1]);
        Dimensions = [.. _columns.Select(column => EmbeddingColumns.FindDimension(data, column)
            ?? throw new InvalidDataException($"Column '{column.Name}' has no rows; at least 2 pairs are needed to train on."))];
    }

    /// <summary>The dimension of each of both columns.</summary>
    internal IReadOnlyList<int> Dimensions { get; }

    /// <summary>The number of rows, where the data view knows it.</summary>
    internal long? RowCount => _data.GetRowCount();

    /// <summary>Opens a pass.</summary>
    /// <param name="seed">To read in an order of this seed's, as far as the data can be shuffled; <see langword="null"/> to read from the beginning.</param>
    internal Pass Open(int? seed = null) => new(this, seed is { } value && _data.CanShuffle ? _data.GetRowCursor(_columns, new Random(value)) : _data.GetRowCursor(_columns));

    /// <summary>One pass.</summary>
    internal sealed class Pass : IDisposable
    {
        private readonly PairReader _reader;
        private readonly DataViewRowCursor _cursor;
        private readonly ValueGetter<VBuffer<float>>[] _getters;
        private readonly ValueGetter<DataViewRowId> _id;
        private VBuffer<float> _row;

        internal Pass(PairReader reader, DataViewRowCursor cursor)
        {
            (_reader, _cursor) = (reader, cursor);
            _getters = Array.ConvertAll(reader._columns, column => cursor.GetGetter<VBuffer<float>>(column));
            _id = cursor.GetIdGetter();
        }

        /// <summary>Usable pairs read so far.</summary>
        internal long Count { get; private set; }

        /// <summary>Pairs left out so far.</summary>
        internal long Skipped { get; private set; }

        /// <summary>Which row of the data view the last pair is, in whatever order it is read.</summary>
        internal DataViewRowId Id
        {
            get
            {
                DataViewRowId id = default;
                _id(ref id);
                return id;
            }
        }

        /// <summary>Reads the next usable pair.</summary>
        /// <exception cref="InvalidDataException">A row cannot be used, and such rows are not to be left out.</exception>
        internal bool TryRead(Span<float> first, Span<float> second)
        {
            while (_cursor.MoveNext())
            {
                if (TryRead(0, first) && TryRead(1, second))
                {
                    Count++;
                    return true;
                }

                Skipped++;
            }

            return false;
        }

        public void Dispose() => _cursor.Dispose();

        private bool TryRead(int side, Span<float> destination)
        {
            _getters[side](ref _row);
            DenseRows.MakeDense(ref _row);
            var values = _row.GetValues();
            var defect = RowDefect.WrongLength;
            if (values.Length == destination.Length)
            {
                defect = RowKernels.IsSafeSquare(RowKernels.SquaredNorm(values)) ? RowDefect.None : RowDefects.Find(values, _reader._normalizes);
                if (defect == RowDefect.None)
                {
                    if (_reader._normalizes)
                        RowKernels.Normalize(values, destination);
                    else
                        values.CopyTo(destination);
                    return true;
                }
            }

            if (_reader._policy == UnusableRows.Throw)
            {
                throw new InvalidDataException(
                    $"Column '{_reader._columns[side].Name}', row {RowNumbers.Get(_cursor)} cannot be used: it holds {RowDefects.Describe(defect, values, destination.Length)}. "
                    + $"Mend the data, or set {nameof(UnusableRows)} to {nameof(UnusableRows.Skip)} to leave such pairs out.");
            }

            return false;
        }
    }
}
