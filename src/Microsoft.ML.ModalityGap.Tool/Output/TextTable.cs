using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A table to print: with borders on a terminal, as aligned text elsewhere.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Headers">The columns' names.</param>
internal sealed record TextTable(string Title, IReadOnlyList<string> Headers)
{
    /// <summary>As many cells each as there are headers.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> Rows
    {
        get;
        init => field = [.. value.Select(row => (IReadOnlyList<string>)[.. row.Select(cell => IsNegativeZero(cell) ? cell[1..] : cell)])];
    } = [];

    /// <summary>Below it.</summary>
    internal string? Note { get; init; }

    /// <summary>What a number so small that none of its digits shows looks like; a sign would be all that is left of it.</summary>
    private static bool IsNegativeZero(string cell) => cell == "-0" || (cell.Length > 3 && cell.StartsWith("-0.", StringComparison.Ordinal) && !cell.AsSpan(3).ContainsAnyExcept('0'));

    /// <summary>Columns whose cells are all numbers, or empty, stand right.</summary>
    internal bool IsNumeric(int column) =>
        Rows.All(row => row[column].Length == 0 || double.TryParse(row[column], NumberStyles.Number, CultureInfo.InvariantCulture, out _));
}
