namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Some rows of a data view.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Contains">Tells by the number of a row in its file; called by several threads.</param>
internal sealed record RowSelection(long Count, Func<long, bool> Contains);
