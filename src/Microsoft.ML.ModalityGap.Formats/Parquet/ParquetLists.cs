using System.Runtime.CompilerServices;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Lists as Parquet has them: all numbers behind each other, with two levels for each entry. The repetition level is 0 where a row begins; the definition level is the highest where there is a number, and says
/// otherwise how much there is: a list with a missing number, an empty list, no list.
/// </summary>
internal sealed class ParquetLists
{
    private int[] _definitions = [];
    private int[] _repetitions = [];
    private double[] _doubles = [];
    private float[] _floats = [];

    /// <summary>The length of the first list of a row group; <see langword="null"/> where there is none.</summary>
    internal static int? FindLength(ParquetHandle handle, int block, Field field)
    {
        var lists = new ParquetLists();
        var leaf = ParquetTable.FindLeaf(field)!;
        var count = lists.ReadRaw(handle, block, leaf);
        var length = 0;
        for (var i = 0; i <= count; i++)
        {
            if (i == count || lists._repetitions[i] == 0)
            {
                if (length > 0)
                    return length;
            }

            if (i < count && lists._definitions[i] >= leaf.MaxDefinitionLevel - (CanMissNumbers(leaf) ? 1 : 0))
                length++;
        }

        return null;
    }

    /// <summary>A row group's lists as rows of one length.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="block">The row group.</param>
    /// <param name="field">The field of lists.</param>
    /// <param name="rows">What they are to be.</param>
    /// <param name="rowCount">How many.</param>
    /// <param name="buffer">Room to use again, where it is enough.</param>
    /// <returns>The rows, one behind the other: the buffer, or a larger one.</returns>
    internal float[] Read(ParquetHandle handle, int block, Field field, ListRows rows, int rowCount, float[] buffer)
    {
        var leaf = ParquetTable.FindLeaf(field)!;
        var count = ReadRaw(handle, block, leaf);
        var isFloat = leaf.ClrType == typeof(float);
        if (IsEven(count, rowCount, rows.Dimension, leaf.MaxDefinitionLevel))
        {
            if (isFloat)
            {
                // The numbers are the rows already; the reader goes on with the other buffer.
                var result = _floats;
                _floats = buffer;
                return result;
            }

            buffer = Grow(buffer, count);
            ListRows.Convert<double>(_doubles.AsSpan(0, count), buffer);
            return buffer;
        }

        // A row has an entry, if only to say that there is no list; and takes room all the same.
        if (rowCount > count)
            throw new InvalidDataException($"'{rows.File}' is damaged: {rows.Block} has {rowCount} rows, but {count} values in '{rows.Field}'.");
        Expansion.Check(rows.File, $"{rows.Block} of '{rows.Field}'", sizeof(float) * (long)rowCount * rows.Dimension, sizeof(float) * (long)count);
        buffer = Grow(buffer, checked(rowCount * rows.Dimension));
        if (isFloat)
            Assemble<float>(_floats, count, leaf, rows, rowCount, buffer);
        else
            Assemble<double>(_doubles, count, leaf, rows, rowCount, buffer);
        return buffer;
    }

    private static bool CanMissNumbers(DataField leaf) => leaf is { IsNullable: true, IsArray: false };

    private static T[] Grow<T>(T[] buffer, int length) => buffer.Length >= length ? buffer : GC.AllocateUninitializedArray<T>(length);

    private int ReadRaw(ParquetHandle handle, int block, DataField leaf) => handle.Run(() =>
    {
        var (group, count) = handle.Open(block, leaf);
        (_definitions, _repetitions) = (Grow(_definitions, count), Grow(_repetitions, count));
        if (leaf.ClrType == typeof(float))
            group.ReadRawAsync<float>(leaf, _floats = Grow(_floats, count), _definitions, _repetitions).AsTask().GetAwaiter().GetResult();
        else
            group.ReadRawAsync<double>(leaf, _doubles = Grow(_doubles, count), _definitions, _repetitions).AsTask().GetAwaiter().GetResult();
        return count;
    });

    /// <summary>Whether every row has a list of that length and every list all numbers.</summary>
    private bool IsEven(int count, int rowCount, int dimension, int maximumDefinition)
    {
        if (count != (long)rowCount * dimension || _definitions.AsSpan(0, count).ContainsAnyExcept(maximumDefinition))
            return false;
        for (var row = 0; row < rowCount; row++)
        {
            var levels = _repetitions.AsSpan(row * dimension, dimension);
            if (levels[0] != 0 || levels[1..].ContainsAnyExcept(1))
                return false;
        }

        return true;
    }

    private void Assemble<T>(T[] values, int count, DataField leaf, ListRows rows, int rowCount, float[] destination)
        where T : unmanaged
    {
        var (entry, value) = (0, 0);
        for (var row = 0; row < rowCount; row++)
        {
            if (entry == count || _repetitions[entry] != 0)
                throw new InvalidDataException($"'{rows.File}' is damaged: {rows.Block} has fewer lists in '{rows.Field}' than rows.");
            var target = destination.AsSpan(row * rows.Dimension, rows.Dimension);
            var length = _definitions[entry] >= leaf.MaxDefinitionLevel - (CanMissNumbers(leaf) ? 1 : 0) ? 0 : -1;
            do
            {
                var isThere = _definitions[entry] == leaf.MaxDefinitionLevel;
                if (length >= 0)
                {
                    if (length < target.Length)
                        target[length] = isThere ? ToFloat(values[value]) : float.NaN;
                    length++;
                }

                value += isThere ? 1 : 0;
                entry++;
            }
            while (entry < count && _repetitions[entry] != 0);
            if (length != rows.Dimension)
                rows.Refuse(row, length < 0 && IsEmpty(entry - 1, leaf) ? 0 : length, target);
        }

        if (entry != count)
            throw new InvalidDataException($"'{rows.File}' is damaged: {rows.Block} has more lists in '{rows.Field}' than rows.");
    }

    // Below a list that may miss numbers, and above none at all.
    private bool IsEmpty(int entry, DataField leaf) => _definitions[entry] > 0 || leaf.MaxDefinitionLevel == (CanMissNumbers(leaf) ? 2 : 1);

    private static float ToFloat<T>(T value)
        where T : unmanaged => typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : (float)Unsafe.BitCast<T, double>(value);
}
