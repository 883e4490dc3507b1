namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of a table that are read at once.</summary>
/// <param name="Name">For messages, such as <c>row group 3</c>.</param>
/// <param name="RowCount">How many there are.</param>
/// <param name="FirstRow">Where the block is a piece of what the name says: the row of that it begins with.</param>
internal readonly record struct TableBlock(string Name, long RowCount, long FirstRow = 0);
