using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Paired embeddings in memory, as unit vectors unless asked otherwise: row i of both is a pair.</summary>
internal sealed class EmbeddingPairs
{
    private readonly IReadOnlyList<long> _skipped;

    private EmbeddingPairs(float[] first, float[] second, int count, int dimension, IReadOnlyList<long> skipped)
    {
        _skipped = skipped;
        First = first;
        Second = second;
        Count = count;
        Dimension = dimension;
    }

    /// <summary>Count·Dimension values.</summary>
    internal float[] First { get; }

    /// <summary>Count·Dimension values.</summary>
    internal float[] Second { get; }

    internal int Count { get; }

    internal int Dimension { get; }

    /// <summary>Whether they are mapped, and are the rows that their maps were fitted on.</summary>
    internal bool AreFitted { get; private init; }

    internal long SkippedCount => _skipped.Count;

    internal ReadOnlySpan<float> GetFirst(int row) => First.AsSpan(row * Dimension, Dimension);

    internal ReadOnlySpan<float> GetSecond(int row) => Second.AsSpan(row * Dimension, Dimension);

    /// <summary>Leaves out of either what the other left out, so that row i of both is the same row of data they have in common.</summary>
    /// <exception cref="InvalidDataException">They had different numbers of rows, or fewer than 2 rows are usable in both.</exception>
    internal static (EmbeddingPairs First, EmbeddingPairs Second) Match(EmbeddingPairs first, EmbeddingPairs second)
    {
        var rows = first.Count + first.SkippedCount;
        if (rows != second.Count + second.SkippedCount)
            throw new InvalidDataException($"There are {rows} pairs before the map, but {second.Count + second.SkippedCount} after it. Give the same rows, mapped.");
        var skipped = new SortedSet<long>(first._skipped.Concat(second._skipped));
        if (rows - skipped.Count < 2)
            throw new InvalidDataException($"Of {rows} pairs {rows - skipped.Count} can be used both before and after the map; at least 2 are needed.");
        return (first.LeaveOut(skipped), second.LeaveOut(skipped));
    }

    private EmbeddingPairs LeaveOut(SortedSet<long> rows)
    {
        if (rows.Count == _skipped.Count)
            return this;

        var own = _skipped.ToHashSet();
        var values = new[] { new List<float>(First.Length), new List<float>(Second.Length) };
        var position = 0;
        for (long row = 0; row < Count + SkippedCount; row++)
        {
            if (own.Contains(row))
                continue;
            if (!rows.Contains(row))
            {
                values[0].AddRange(GetFirst(position));
                values[1].AddRange(GetSecond(position));
            }

            position++;
        }

        return new EmbeddingPairs([.. values[0]], [.. values[1]], (int)(Count + SkippedCount - rows.Count), Dimension, [.. rows]) { AreFitted = AreFitted };
    }

    /// <exception cref="InvalidDataException">The columns differ in their dimension, a row cannot be used and the policy is to throw, or there are fewer than 2 pairs.</exception>
    internal static EmbeddingPairs Load(IHost host, IDataView data, string firstName, string secondName, UnusableRows policy, bool normalize = true)
    {
        DataViewSchema.Column[] columns = [EmbeddingColumns.Find(host, data.Schema, firstName), EmbeddingColumns.Find(host, data.Schema, secondName)];
        MapFingerprint.Check(columns[0], columns[1]);
        if (EmbeddingColumns.FindDimension(data, columns[0]) is not { } dimension || EmbeddingColumns.FindDimension(data, columns[1]) is not { } second)
            throw new InvalidDataException($"The columns '{firstName}' and '{secondName}' have no rows; at least 2 pairs are needed.");
        if (second != dimension)
            throw new InvalidDataException($"Only embeddings of one space can be compared, but '{firstName}' has {dimension} dimensions and '{secondName}' {second}.");

        var capacity = (int)Math.Clamp(data.GetRowCount() ?? 1024, 1, Array.MaxLength / dimension);
        var values = new[] { new float[capacity * dimension], new float[capacity * dimension] };
        var count = 0;
        var skipped = new List<long>();
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
                        throw RowOrigins.Of(columns[side]).CreateException(RowNumbers.Get(cursor), RowDefects.Describe(defect, row.GetValues(), dimension));
                }

                if (usable)
                    count++;
                else
                    skipped.Add(count + skipped.Count);
            }
        }

        if (count < 2)
            throw new InvalidDataException($"'{firstName}' and '{secondName}' have {count} usable {(count == 1 ? "pair" : "pairs")}{(skipped.Count > 0 ? $" ({skipped.Count} left out)" : "")}; at least 2 are needed.");
        for (var side = 0; side < 2; side++)
            Array.Resize(ref values[side], count * dimension);
        return new EmbeddingPairs(values[0], values[1], count, dimension, skipped) { AreFitted = FittedRows.Warn(host, data, columns) };
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
