namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of a table that are read at once.</summary>
/// <param name="Name">For messages, such as <c>row group 3</c>.</param>
/// <param name="RowCount">How many there are.</param>
internal readonly record struct TableBlock(string Name, long RowCount);
