namespace Microsoft.ML.ModalityGap;

/// <summary>Where rows come from, in the words of messages: a column, and the files behind it where there are several.</summary>
/// <param name="ColumnName">The column; <see langword="null"/> where rows were given as they are.</param>
/// <param name="Shards">The files whose rows follow each other, with the number of rows of each; none where there is one file or none.</param>
internal sealed record RowOrigin(string? ColumnName, params IReadOnlyList<(string Name, long RowCount)> Shards)
{
    /// <summary>The words for a row, at the beginning of a sentence.</summary>
    internal string Describe(long row)
    {
        var words = ColumnName is null ? $"Row {row}" : $"Column '{ColumnName}', row {row}";
        var first = 0L;
        foreach (var (name, count) in Shards)
        {
            if (row < first + count)
                return $"{words} (row {row - first} of '{name}')";
            first += count;
        }

        return words;
    }

    /// <summary>Says which row cannot be used, why, and what to do.</summary>
    internal InvalidDataException CreateException(long row, string defect) => new(
        $"{Describe(row)} cannot be used: it holds {defect}. Mend the data, or set {nameof(UnusableRows)} to {nameof(UnusableRows.Skip)} to leave such rows out.");
}
