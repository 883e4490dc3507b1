namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of a row group that are read at once: all, or some of many.</summary>
/// <param name="Group">The row group.</param>
/// <param name="GroupRows">Its rows.</param>
/// <param name="Block">Those meant.</param>
internal readonly record struct ParquetPiece(int Group, long GroupRows, TableBlock Block)
{
    /// <summary>Whether no rows follow.</summary>
    internal bool IsLast => Block.FirstRow + Block.RowCount == GroupRows;
}
