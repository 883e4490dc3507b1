using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads an embedding column row by row, each row dense and checked: the words of the row policy are here.</summary>
internal static class EmbeddingRows
{
    /// <summary>What makes a row unusable, or <see langword="null"/>.</summary>
    internal delegate string? FindDefect(ReadOnlySpan<float> row);

    /// <summary>Reads all rows of a column into one piece of memory.</summary>
    /// <param name="data">The data.</param>
    /// <param name="column">The column.</param>
    /// <param name="dimension">What its rows must have.</param>
    /// <param name="findDefect">Checks a row.</param>
    /// <param name="policy">Whether to throw at an unusable row.</param>
    /// <param name="keepPlaces">Whether a row that is skipped leaves a row of NaN, so that the others keep their numbers.</param>
    internal static float[] Read(IDataView data, DataViewSchema.Column column, int dimension, FindDefect findDefect, UnusableRows policy, bool keepPlaces)
    {
        var limit = Array.MaxLength / dimension;
        var values = new float[(int)Math.Clamp(data.GetRowCount() ?? 1024, 1, limit) * dimension];
        var count = 0;
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        while (cursor.MoveNext())
        {
            getter(ref row);
            DenseRows.MakeDense(ref row);
            var defect = findDefect(row.GetValues());
            if (defect is not null && policy == UnusableRows.Throw)
                throw RowOrigins.Of(column).CreateException(RowNumbers.Get(cursor), defect);
            if (defect is not null && !keepPlaces)
                continue;
            if (count == limit)
                throw new InvalidDataException($"More than {limit} rows of {dimension} dimensions in column '{column.Name}' do not fit into memory as one matrix.");
            if ((count + 1) * dimension > values.Length)
                Array.Resize(ref values, (int)Math.Min(limit, 2L * (count + 1)) * dimension);
            var target = values.AsSpan(count * dimension, dimension);
            if (defect is null)
                row.GetValues().CopyTo(target);
            else
                target.Fill(float.NaN);
            count++;
        }

        Array.Resize(ref values, count * dimension);
        return values;
    }
}
