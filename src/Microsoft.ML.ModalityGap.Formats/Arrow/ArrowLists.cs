using Apache.Arrow;

namespace Microsoft.ML.ModalityGap;

/// <summary>Lists as Arrow has them: all numbers behind each other, with where each list begins unless all have one length.</summary>
internal static class ArrowLists
{
    /// <summary>The length of the first list that has one; <see langword="null"/> where none has.</summary>
    internal static long? FindLength(IArrowArray column)
    {
        for (var row = 0; row < column.Length; row++)
        {
            if (column.IsValid(row) && Locate(column, row, 0).Length is > 0 and var length)
                return length;
        }

        return null;
    }

    /// <summary>The numbers of all lists; <see langword="null"/> where a column has no lists.</summary>
    internal static IArrowArray? FindNumbers(IArrowArray column) => column switch { FixedSizeListArray lists => lists.Values, LargeListArray lists => lists.Values, ListArray lists => lists.Values, _ => null };

    /// <summary>A batch's lists as rows of one length.</summary>
    /// <param name="column">The lists.</param>
    /// <param name="rows">What they are to be.</param>
    /// <param name="buffer">Room to use again, where it is enough.</param>
    /// <returns>The rows, one behind the other: the buffer, or a larger one.</returns>
    internal static float[] Read(IArrowArray column, ListRows rows, float[] buffer)
    {
        var numbers = FindNumbers(column)!;

        // Rows without a list take room, too.
        Expansion.Check(rows.File, $"{rows.Block.Name} of '{rows.Field}'", sizeof(float) * (long)column.Length * rows.Dimension, sizeof(float) * (long)numbers.Length);
        var result = buffer.Length >= (long)column.Length * rows.Dimension ? buffer : new float[checked(column.Length * rows.Dimension)];
        for (var row = 0; row < column.Length; row++)
        {
            var target = result.AsSpan(row * rows.Dimension, rows.Dimension);
            var (start, length) = Locate(column, row, rows.Dimension);
            if (column.IsNull(row) || length != rows.Dimension)
            {
                rows.Refuse(row, column.IsNull(row) ? -1 : length, target);
                continue;
            }

            switch (numbers)
            {
                case FloatArray floats:
                    floats.Values.Slice(start, rows.Dimension).CopyTo(target);
                    break;
                case DoubleArray doubles:
                    ListRows.Convert(doubles.Values.Slice(start, rows.Dimension), target);
                    break;
                default:
                    ListRows.Convert(((HalfFloatArray)numbers).Values.Slice(start, rows.Dimension), target);
                    break;
            }

            for (var d = 0; numbers.NullCount > 0 && d < rows.Dimension; d++)
            {
                if (numbers.IsNull(start + d))
                    target[d] = float.NaN;
            }
        }

        return result;
    }

    private static (int Start, long Length) Locate(IArrowArray column, int row, int dimension) => column switch
    {
        ListArray lists => (lists.ValueOffsets[row], lists.GetValueLength(row)),
        LargeListArray lists => (checked((int)lists.ValueOffsets[row]), lists.ValueOffsets[row + 1] - lists.ValueOffsets[row]),
        FixedSizeListArray lists => ((lists.Offset + row) * dimension, ((Apache.Arrow.Types.FixedSizeListType)lists.Data.DataType).ListSize),
        _ => throw new InvalidDataException($"{column.GetType().Name} holds no lists."),
    };
}
