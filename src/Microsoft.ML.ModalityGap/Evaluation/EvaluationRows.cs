using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>The usable rows of one embedding column in memory, with their ids and modalities where those were asked for.</summary>
internal sealed class EvaluationRows
{
    private EvaluationRows(float[] values, int dimension, int[] rows, string[]? ids, string[]? modalities, long skippedCount)
    {
        Values = values;
        Dimension = dimension;
        Rows = rows;
        Ids = ids;
        Modalities = modalities;
        SkippedCount = skippedCount;
    }

    /// <summary>Count·Dimension values.</summary>
    internal float[] Values { get; }

    internal int Dimension { get; }

    internal int Count => Rows.Length;

    /// <summary>The place of each row among all rows of the data, from 0.</summary>
    internal int[] Rows { get; }

    /// <summary>The id of each row, empty for none; <see langword="null"/> when no id column was named.</summary>
    internal string[]? Ids { get; }

    /// <summary>The modality of each row; <see langword="null"/> when no modality column was named.</summary>
    internal string[]? Modalities { get; }

    internal long SkippedCount { get; }

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and the policy is to throw, a row has no modality, there is no usable row, or there are too many.</exception>
    internal static EvaluationRows Load(
        IHost host, IDataView data, string columnName, bool normalize, UnusableRows policy, string? idColumnName = null, string? modalityColumnName = null)
    {
        var column = EmbeddingColumns.Find(host, data.Schema, columnName);
        var idColumn = idColumnName is null ? (DataViewSchema.Column?)null : IdReader.FindColumn(host, data.Schema, idColumnName);
        var modalityColumn = modalityColumnName is null ? (DataViewSchema.Column?)null : EmbeddingColumns.FindModality(host, data.Schema, modalityColumnName);
        var dimension = EmbeddingColumns.FindDimension(data, column) ?? throw new InvalidDataException($"Column '{columnName}' has no rows.");

        var values = new float[Math.Clamp(data.GetRowCount() ?? 1024, 1, Array.MaxLength / dimension) * dimension];
        var (rows, ids, modalities) = (new List<int>(), new List<string>(), new List<string>());
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        long skipped = 0;
        using var cursor = data.GetRowCursor([.. new[] { column, idColumn, modalityColumn }.OfType<DataViewSchema.Column>()]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        var readId = idColumn is { } id ? IdReader.Create(cursor, id) : null;
        var modalityReader = modalityColumn is { } modality ? ModalityReader.Create(cursor, modality) : null;
        VBuffer<float> row = default;
        for (var place = 0; cursor.MoveNext(); place++)
        {
            getter(ref row);
            var start = rows.Count * dimension;
            if (start == values.Length)
                values = Grow(values, dimension);
            if (!TryRead(ref row, values.AsSpan(start, dimension), normalize, out var defect))
            {
                if (policy == UnusableRows.Throw)
                    throw RowOrigins.Of(cursor.Schema[columnName]).CreateException(RowNumbers.Get(cursor), RowDefects.Describe(defect, row.GetValues(), dimension));
                skipped++;
                continue;
            }

            rows.Add(place);
            if (readId is not null)
                ids.Add(readId());
            if (modalityReader is not null)
            {
                var name = modalityReader.Read();
                if (name.IsEmpty)
                    throw new InvalidDataException($"Column '{modalityColumnName}', row {RowNumbers.Get(cursor)} names no modality.");
                if (!lookup.TryGetValue(name, out var known))
                    lookup[name] = known = name.ToString();
                modalities.Add(known);
            }
        }

        if (rows.Count == 0)
            throw new InvalidDataException($"Column '{columnName}' has no usable row{(skipped > 0 ? $" ({skipped} left out)" : "")}.");
        FittedRows.Warn(host, data, column);
        Array.Resize(ref values, rows.Count * dimension);
        return new EvaluationRows(values, dimension, [.. rows], readId is null ? null : [.. ids], modalityReader is null ? null : [.. modalities], skipped);
    }

    /// <summary>The rows of several parts, one behind the other; the modality of each is its part's.</summary>
    internal static EvaluationRows Concatenate(IReadOnlyList<(string Modality, EvaluationRows Rows)> parts)
    {
        var first = parts[0];
        if (parts.FirstOrDefault(part => part.Rows.Dimension != first.Rows.Dimension) is { Rows: not null } other)
        {
            throw new InvalidDataException(
                $"Only embeddings of one space can be put together, but those of '{first.Modality}' have {first.Rows.Dimension} dimensions and those of '{other.Modality}' {other.Rows.Dimension}.");
        }

        var length = parts.Sum(part => (long)part.Rows.Values.Length);
        if (length > Array.MaxLength)
            throw TooMany(first.Rows.Dimension);
        var values = new float[length];
        var places = new List<int>();
        var (start, before) = (0, 0);
        foreach (var (_, rows) in parts)
        {
            rows.Values.CopyTo(values, start);
            start += rows.Values.Length;
            places.AddRange(rows.Rows.Select(row => before + row));
            before += rows.Count + (int)rows.SkippedCount;
        }

        return new EvaluationRows(
            values,
            first.Rows.Dimension,
            [.. places],
            [.. parts.SelectMany(part => part.Rows.Ids ?? part.Rows.Rows.Select(row => row.ToString(System.Globalization.CultureInfo.InvariantCulture)))],
            [.. parts.SelectMany(part => Enumerable.Repeat(part.Modality, part.Rows.Count))],
            parts.Sum(part => part.Rows.SkippedCount));
    }

    /// <summary>The same with these ids, one for each row of the data, unusable ones included.</summary>
    internal EvaluationRows WithIds(IReadOnlyList<string> ids, string name) => ids.Count == Count + SkippedCount
        ? new EvaluationRows(Values, Dimension, Rows, Array.ConvertAll(Rows, row => ids[row]), Modalities, SkippedCount)
        : throw new InvalidDataException($"{ids.Count} ids are given, but '{name}' has {Count + SkippedCount} rows.");

    /// <summary>Reads a row, normalised if asked; <see langword="false"/> says what is wrong with it.</summary>
    internal static bool TryRead(ref VBuffer<float> row, Span<float> destination, bool normalize, out RowDefect defect)
    {
        defect = RowDefect.WrongLength;
        if (row.Length != destination.Length)
            return false;
        DenseRows.MakeDense(ref row);
        defect = RowDefects.Find(row.GetValues(), zeroNormIsDefect: normalize);
        if (defect != RowDefect.None)
            return false;
        if (normalize)
            RowKernels.Normalize(row.GetValues(), destination);
        else
            row.GetValues().CopyTo(destination);
        return true;
    }

    private static float[] Grow(float[] values, int dimension)
    {
        var limit = Array.MaxLength / dimension * dimension;
        if (values.Length == limit)
            throw TooMany(dimension);
        Array.Resize(ref values, (int)Math.Min(limit, 2L * values.Length));
        return values;
    }

    private static InvalidDataException TooMany(int dimension) =>
        new($"More than {Array.MaxLength / dimension} rows of {dimension} dimensions do not fit into memory as one matrix. Measure a sample of the rows.");
}
