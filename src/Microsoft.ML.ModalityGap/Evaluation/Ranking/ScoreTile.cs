namespace Microsoft.ML.ModalityGap;

/// <summary>Scores of some rows against some columns.</summary>
/// <param name="firstRow">The number of the tile's first row.</param>
/// <param name="rows">How many rows.</param>
/// <param name="firstColumn">The number of its first column.</param>
/// <param name="columns">How many columns.</param>
/// <param name="scores">rows·columns values, row-major.</param>
internal readonly ref struct ScoreTile(int firstRow, int rows, int firstColumn, int columns, ReadOnlySpan<float> scores)
{
    private readonly ReadOnlySpan<float> _scores = scores;

    internal int FirstRow { get; } = firstRow;

    internal int Rows { get; } = rows;

    internal int FirstColumn { get; } = firstColumn;

    internal int Columns { get; } = columns;

    internal ReadOnlySpan<float> GetRow(int row) => _scores.Slice(row * Columns, Columns);

    /// <summary>Copies the tile with rows and columns exchanged; the buffer holds as many values.</summary>
    internal ScoreTile Transpose(Span<float> buffer)
    {
        const int Block = 8;
        var target = buffer[.._scores.Length];
        for (var row = 0; row < Rows; row += Block)
        {
            var end = Math.Min(row + Block, Rows);
            for (var column = 0; column < Columns; column++)
            {
                var line = target[(column * Rows)..];
                for (var i = row; i < end; i++)
                    line[i] = _scores[i * Columns + column];
            }
        }

        return new ScoreTile(FirstColumn, Columns, FirstRow, Rows, target);
    }
}
