namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A table to print: with borders on a terminal, as aligned text elsewhere.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Headers">The columns; a lone empty header makes no header line.</param>
internal sealed record TextTable(string Title, IReadOnlyList<string> Headers)
{
    /// <summary>As many cells each as there are headers.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> Rows { get; init; } = [];

    /// <summary>Below it.</summary>
    internal string? Note { get; init; }

    /// <summary>Columns whose cells are all numbers, or missing, stand right.</summary>
    internal bool IsNumeric(int column) => Rows.All(row => row[column].Length == 0 || char.IsAsciiDigit(row[column][0]) || row[column] is ['-', ..]);
}
