namespace Microsoft.ML.ModalityGap;

/// <summary>Where a cursor is: in which block, and at which of its rows.</summary>
internal sealed class BlockPosition
{
    private long _firstRow;
    private long _row = -1;
    private long _rowCount;

    /// <summary>The row's number among all.</summary>
    /// <exception cref="InvalidOperationException">The cursor is before the first row, or behind the last.</exception>
    internal long GetRow() => _firstRow + GetRowInBlock();

    /// <summary>The row's number in its block.</summary>
    /// <exception cref="InvalidOperationException">The cursor is before the first row, or behind the last.</exception>
    internal long GetRowInBlock() => _row >= 0 ? _row : throw new InvalidOperationException("There is no current row.");

    internal bool MoveNext() => ++_row < _rowCount;

    /// <summary>To the first row of a block.</summary>
    internal void Enter(long firstRow, long rowCount) => (_firstRow, _row, _rowCount) = (firstRow, 0, rowCount);

    internal void Leave() => (_row, _rowCount) = (-1, 0);
}
