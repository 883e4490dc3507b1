using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Paired embeddings in memory, as unit vectors unless asked otherwise: row i of both is a pair.</summary>
internal sealed class EmbeddingPairs
{
    private EmbeddingPairs(float[] first, float[] second, int count, int dimension, long skippedCount)
    {
        First = first;
        Second = second;
        Count = count;
        Dimension = dimension;
        SkippedCount = skippedCount;
    }

    /// <summary>Count·Dimension values.</summary>
    internal float[] First { get; }

    /// <summary>Count·Dimension values.</summary>
    internal float[] Second { get; }

    internal int Count { get; }

    internal int Dimension { get; }

    internal long SkippedCount { get; }

    internal ReadOnlySpan<float> GetFirst(int row) => First.AsSpan(row * Dimension, Dimension);

    internal ReadOnlySpan<float> GetSecond(int row) => Second.AsSpan(row * Dimension, Dimension);

    /// <exception cref="InvalidDataException">The columns differ in their dimension, a row cannot be used and the policy is to throw, or there are fewer than 2 pairs.</exception>
    internal static EmbeddingPairs Load(IHost host, IDataView data, string firstName, string secondName, UnusableRows policy, bool normalize = true)
    {
        DataViewSchema.Column[] columns = [EmbeddingColumns.Find(host, data.Schema, firstName), EmbeddingColumns.Find(host, data.Schema, secondName)];
        if (EmbeddingColumns.FindDimension(data, columns[0]) is not { } dimension || EmbeddingColumns.FindDimension(data, columns[1]) is not { } second)
            throw new InvalidDataException($"The columns '{firstName}' and '{secondName}' have no rows; at least 2 pairs are needed.");
        if (second != dimension)
            throw new InvalidDataException($"Only embeddings of one space can be compared, but '{firstName}' has {dimension} dimensions and '{secondName}' {second}.");

        var capacity = (int)Math.Clamp(data.GetRowCount() ?? 1024, 1, Array.MaxLength / dimension);
        var values = new[] { new float[capacity * dimension], new float[capacity * dimension] };
        var count = 0;
        long skipped = 0;
        using (var cursor = data.GetRowCursor(columns))
        {
            var getters = Array.ConvertAll(columns, column => cursor.GetGetter<VBuffer<float>>(column));
            VBuffer<float> row = default;
            while (cursor.MoveNext())
            {
                if (count == capacity)
                    capacity = Grow(values, capacity, dimension);

                var usable = true;
                for (var side = 0; side < 2 && usable; side++)
                {
                    getters[side](ref row);
                    usable = EvaluationRows.TryRead(ref row, values[side].AsSpan(count * dimension, dimension), normalize, out var defect);
                    if (!usable && policy == UnusableRows.Throw)
                        throw EvaluationRows.CreateException(columns[side].Name, RowNumbers.Get(cursor), defect, row.GetValues(), dimension);
                }

                if (usable)
                    count++;
                else
                    skipped++;
            }
        }

        if (count < 2)
            throw new InvalidDataException($"'{firstName}' and '{secondName}' have {count} usable {(count == 1 ? "pair" : "pairs")}{(skipped > 0 ? $" ({skipped} left out)" : "")}; at least 2 are needed.");
        for (var side = 0; side < 2; side++)
            Array.Resize(ref values[side], count * dimension);
        return new EmbeddingPairs(values[0], values[1], count, dimension, skipped);
    }

    private static int Grow(float[][] values, int capacity, int dimension)
    {
        var limit = Array.MaxLength / dimension;
        if (capacity == limit)
            throw new InvalidDataException($"More than {limit} pairs of {dimension} dimensions do not fit into memory as one matrix. Measure a sample of the rows.");
        var grown = (int)Math.Min(limit, 2L * capacity);
        for (var side = 0; side < values.Length; side++)
            Array.Resize(ref values[side], grown * dimension);
        return grown;
    }
}
