using System.Runtime.CompilerServices;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Lists of numbers as rows of one length.</summary>
/// <param name="handle">The file.</param>
/// <param name="file">Its name.</param>
/// <param name="field">The field of lists.</param>
/// <param name="leaf">The numbers in them.</param>
/// <param name="dimension">How long a row is.</param>
/// <param name="unusableRows">What becomes of lists of another length.</param>
internal sealed class ParquetLists<TValue>(ParquetHandle handle, string file, Field field, DataField leaf, int dimension, UnusableRows unusableRows) : ParquetColumn
    where TValue : unmanaged
{
    private readonly ParquetEntries<TValue> _entries = new(handle, leaf);
    private float[] _rows = [];

    // Where an error says so, every list has that length, and a row can be found by its number. Where others are passed over, they have to be counted.
    private int Width => unusableRows == UnusableRows.Throw ? dimension : 0;

    /// <summary>The length of the first list of a row group; <see langword="null"/> where there is none.</summary>
    internal int? FindLength(int group, TableBlock block)
    {
        for (var row = 0L; row < block.RowCount; row++)
        {
            _entries.Load(new ParquetPiece(group, block.RowCount, new TableBlock(block.Name, 1, row)), file, width: 0);
            if (_entries.Definitions[0] >= leaf.MaxDefinitionLevel - (CanMissNumbers ? 1 : 0))
                return _entries.Count;
        }

        return null;
    }

    internal override Array Read(ParquetPiece piece)
    {
        _entries.Load(piece, file, Width);
        var rowCount = (int)piece.Block.RowCount;
        if (IsEven(rowCount))
        {
            // The numbers are the rows already; where nothing else is with them, reading goes on with the other array.
            if (typeof(TValue) == typeof(float) && _entries.Exchange((TValue[])(object)_rows) is { } values)
                return _rows = (float[])(object)values;
            Grow(_entries.Count);
            ListRows.Convert(_entries.Values[.._entries.Count], _rows);
            return _rows;
        }

        // A row has an entry, if only to say that there is no list; and takes room all the same.
        Expansion.Check(file, $"{piece.Block.Name} of '{field.Name}'", sizeof(float) * (long)rowCount * dimension, sizeof(float) * (long)_entries.Count);
        Grow(checked(rowCount * dimension));
        Assemble(new ListRows(file, piece.Block, field.Name, dimension, unusableRows), rowCount);
        return _rows;
    }

    private bool CanMissNumbers => leaf is { IsNullable: true, IsArray: false };

    private void Grow(int length)
    {
        if (_rows.Length < length)
            _rows = GC.AllocateUninitializedArray<float>(length);
    }

    /// <summary>Whether every row has a list of that length and every list all numbers.</summary>
    private bool IsEven(int rowCount)
    {
        if (_entries.Count != (long)rowCount * dimension || _entries.Definitions.ContainsAnyExcept(leaf.MaxDefinitionLevel))
            return false;
        for (var row = 0; row < rowCount; row++)
        {
            var levels = _entries.Repetitions.Slice(row * dimension, dimension);
            if (levels[0] != 0 || levels[1..].ContainsAnyExcept(1))
                return false;
        }

        return true;
    }

    private void Assemble(ListRows rows, int rowCount)
    {
        var values = _entries.Values;
        var definitions = _entries.Definitions;
        var repetitions = _entries.Repetitions;
        var (entry, value) = (0, 0);
        for (var row = 0; row < rowCount; row++)
        {
            var target = _rows.AsSpan(row * dimension, dimension);
            var length = definitions[entry] >= leaf.MaxDefinitionLevel - (CanMissNumbers ? 1 : 0) ? 0 : -1;
            do
            {
                var isThere = definitions[entry] == leaf.MaxDefinitionLevel;
                if (length >= 0)
                {
                    if (length < target.Length)
                        target[length] = isThere ? ToFloat(values[value]) : float.NaN;
                    length++;
                }

                value += isThere ? 1 : 0;
                entry++;
            }
            while (entry < definitions.Length && repetitions[entry] != 0);
            if (length != dimension)
                rows.Refuse(row, length < 0 && IsEmpty(definitions[entry - 1]) ? 0 : length, target);
        }
    }

    // Below a list that may miss numbers, and above none at all.
    private bool IsEmpty(int definition) => definition > 0 || leaf.MaxDefinitionLevel == (CanMissNumbers ? 2 : 1);

    private static float ToFloat(TValue value) => typeof(TValue) == typeof(float) ? Unsafe.BitCast<TValue, float>(value) : (float)Unsafe.BitCast<TValue, double>(value);
}
