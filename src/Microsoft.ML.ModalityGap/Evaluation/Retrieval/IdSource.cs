namespace Microsoft.ML.ModalityGap;

/// <summary>Where the ids of rows come from: a column, or a list with one per row of the data.</summary>
internal sealed record IdSource(string? ColumnName, IReadOnlyList<string>? Values = null);
