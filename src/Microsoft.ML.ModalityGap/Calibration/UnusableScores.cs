namespace Microsoft.ML.ModalityGap;

/// <summary>The words for rows of scores that cannot be used.</summary>
internal static class UnusableScores
{
    internal static InvalidDataException Create(DataViewRow row, string column, string defect) => new(
        $"Column '{column}', row {RowNumbers.Get(row)} cannot be used: it has {defect}. "
        + $"Mend the data, or set {nameof(UnusableRows)} to {nameof(UnusableRows.Skip)} to leave such rows out.");

    internal static InvalidDataException CreateEmpty(string first, string second, long skipped) =>
        new($"'{first}' and '{second}' have no row that can be used{(skipped > 0 ? $" ({skipped} left out)" : "")}.");

    /// <summary>A class by name that the scores do not have.</summary>
    internal static InvalidDataException CreateUnknownClass(DataViewRow row, string column, string what, string name, string[] classNames) => new(
        $"Column '{column}', row {RowNumbers.Get(row)}, has {what} '{name}', which is none of the {classNames.Length} classes: "
        + $"{string.Join(", ", classNames.Take(5))}{(classNames.Length > 5 ? ", ..." : "")}.");
}
