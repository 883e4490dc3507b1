using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What a column holds for rows: its values, one behind the other, and for each entry two levels. The repetition level is 0 where a row begins; the definition level is the highest where there is a value, and says
/// otherwise how much there is: a list with a missing number, an empty list, no list. It is read page by page, so that no more is held than the entries of the rows and the pages that they begin and end on.
/// </summary>
/// <param name="handle">The file.</param>
/// <param name="leaf">The column.</param>
internal sealed class ParquetEntries<TValue>(ParquetHandle handle, DataField leaf)
    where TValue : struct
{
    private TValue[] _values = [];
    private int[] _definitions = [];
    private int[] _repetitions = [];
    private ParquetChunk? _chunk;
    private int _group = -1;
    private int _page;

    // What is held: entries from _start to _end, their values from _valueStart to _valueEnd; of the column the entry, of the row group the row, that stand at _start.
    private int _start, _end, _valueStart, _valueEnd;
    private long _entry, _row;
    private int _rowCount;

    /// <summary>How many entries the rows have.</summary>
    internal int Count { get; private set; }

    /// <summary>Their definition levels; none where no value can be missing.</summary>
    internal ReadOnlySpan<int> Definitions => _definitions.AsSpan(_start, Count);

    /// <summary>Their repetition levels, of lists.</summary>
    internal ReadOnlySpan<int> Repetitions => _repetitions.AsSpan(_start, Count);

    /// <summary>Their values, and more behind them.</summary>
    internal ReadOnlySpan<TValue> Values => _values.AsSpan(_valueStart, _valueEnd - _valueStart);

    /// <summary>Makes some rows of a row group the current ones.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="file">For messages.</param>
    /// <param name="width">How many entries each row has, where they all have as many; 0 where that is not known, so that rows can only be found behind each other.</param>
    /// <exception cref="InvalidDataException">The file is damaged: there are fewer rows, or, behind the last, more.</exception>
    internal void Load(ParquetPiece piece, string file, int width) => handle.Run(() =>
    {
        Pass();
        if (piece.Group != _group)
        {
            (_chunk, _group) = (null, -1);
            _chunk = handle.Open(piece.Group, leaf);
            _group = piece.Group;
            Rewind();
        }

        var firstRow = piece.Block.FirstRow;
        if (firstRow != _row && width > 0 && _chunk!.EntryCount == piece.GroupRows * width)
            Jump(firstRow, width);
        if (firstRow < _row)
            Rewind();
        while (firstRow > _row)
        {
            const int ManyRows = 1024;
            Find(piece, file, (int)Math.Min(firstRow - _row, ManyRows));
            Pass();
        }

        Find(piece, file, checked((int)piece.Block.RowCount));
        if (piece.IsLast && (_end > _start + Count || _page < _chunk!.PageCount))
            throw new InvalidDataException($"'{file}' is damaged: {piece.Block.Name} has more {(leaf.MaxRepetitionLevel > 0 ? "lists" : "values")} in '{leaf.Path.FirstPart}' than rows.");
        return true;
    });

    /// <summary>Gives away the array of values, where nothing else stands in it than those of the rows.</summary>
    /// <param name="other">What is used in its place.</param>
    /// <returns>The array; <see langword="null"/> where there is more in it.</returns>
    internal TValue[]? Exchange(TValue[] other)
    {
        if (_valueStart != 0 || _end != _start + Count)
            return null;
        var values = _values;
        _values = other;
        return values;
    }

    private void Rewind() => (_page, _start, _end, _valueStart, _valueEnd, _entry, _row, _rowCount, Count) = (0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Leaves the current rows behind.</summary>
    private void Pass()
    {
        Advance(Count);
        _row += _rowCount;
        (_rowCount, Count) = (0, 0);
    }

    private void Advance(int count)
    {
        _valueStart += CountValues(_start, count);
        _start += count;
        _entry += count;
    }

    private int CountValues(int start, int count) => leaf.MaxDefinitionLevel > 0 ? _definitions.AsSpan(start, count).Count(leaf.MaxDefinitionLevel) : count;

    /// <summary>Goes to where a row stands if all are of one width; where none begins there, they are not, and nothing is changed but that it has to be looked for from the first.</summary>
    private void Jump(long row, int width)
    {
        var entry = row * width;
        if (entry < _entry || entry > _entry + (_end - _start))
        {
            _page = _chunk!.FindPage(entry);
            (_start, _end, _valueStart, _valueEnd, _entry) = (0, 0, 0, 0, _chunk.GetFirstEntry(_page));
            Fill(1);
        }

        Advance((int)(entry - _entry));
        _row = row;
        if (leaf.MaxRepetitionLevel > 0 && (_start < _end || Fill(1)) && _repetitions[_start] != 0)
            Rewind();
    }

    /// <summary>Makes the next rows the current ones.</summary>
    private void Find(ParquetPiece piece, string file, int rowCount)
    {
        var expected = Int128.Min(int.MaxValue, (rowCount * (Int128)_chunk!.EntryCount + piece.GroupRows - 1) / piece.GroupRows);
        if (_end - _start < expected)
            Fill((int)expected - (_end - _start));
        Count = leaf.MaxRepetitionLevel > 0 ? FindLists(rowCount) : FindValues(rowCount);
        if (Count < 0)
            throw new InvalidDataException($"'{file}' is damaged: {piece.Block.Name} has fewer {(leaf.MaxRepetitionLevel > 0 ? "lists" : "values")} in '{leaf.Path.FirstPart}' than rows.");
        _rowCount = rowCount;
    }

    private int FindValues(int rowCount)
    {
        while (_end - _start < rowCount)
        {
            if (!Fill(rowCount - (_end - _start)))
                return -1;
        }

        return rowCount;
    }

    /// <summary>A list ends where the next one begins, or with the column.</summary>
    private int FindLists(int rowCount)
    {
        var (lists, at) = (0, 0);
        while (true)
        {
            for (int next; (next = _repetitions.AsSpan(_start + at, _end - _start - at).IndexOf(0)) >= 0; at += next + 1)
            {
                // What begins amid a list is no column.
                if (lists == 0 && next > 0)
                    return -1;
                if (lists++ == rowCount)
                    return at + next;
            }

            at = _end - _start;
            if (!Fill(1))
                return lists == rowCount ? at : -1;
        }
    }

    /// <summary>Reads as many pages as have so many entries, one at least.</summary>
    /// <returns>Whether there was another page.</returns>
    private bool Fill(int entries)
    {
        var (count, added) = (0, 0);
        for (; _page + count < _chunk!.PageCount && (count == 0 || added < entries); count++)
            added = checked(added + _chunk.GetEntryCount(_page + count));
        if (count == 0)
            return false;
        var (held, values) = (_end - _start, _valueEnd - _valueStart);
        Move(ref _values, _valueStart, values, added);
        if (leaf.MaxDefinitionLevel > 0)
            Move(ref _definitions, _start, held, added);
        if (leaf.MaxRepetitionLevel > 0)
            Move(ref _repetitions, _start, held, added);
        (_start, _end, _valueStart, _valueEnd) = (0, held, 0, values);
        handle.Read(_chunk, _page, count, _values.AsMemory(values, added), GetLevels(_definitions, held, added), GetLevels(_repetitions, held, added));
        _end += added;
        _valueEnd += CountValues(held, added);
        _page += count;
        return true;
    }

    private static Memory<int> GetLevels(int[] levels, int start, int count) => levels.Length == 0 ? default : levels.AsMemory(start, count);

    /// <summary>Puts what is held to the front, with room for more behind it.</summary>
    private static void Move<TItem>(ref TItem[] array, int start, int count, int more)
    {
        var source = array;
        if (array.Length < count + more)
            array = GC.AllocateUninitializedArray<TItem>(checked(count + more));
        if (count > 0)
            Array.Copy(source, start, array, 0, count);
    }
}
