namespace Microsoft.ML.ModalityGap;

/// <summary>Counts, for the rows as queries, what comes before their relevant documents among the columns.</summary>
/// <param name="targets">The relevant documents.</param>
/// <param name="counts">Receives the counts; may be shared by the visitors of several threads, which see different rows.</param>
/// <param name="positions">The position of each column in the gallery; <see langword="null"/> where it is its number.</param>
internal sealed class RowRankVisitor(RankTargets targets, int[] counts, int[]? positions) : IScoreVisitor
{
    internal ReadOnlySpan<int> Counts => counts;

    public void Visit(in ScoreTile tile)
    {
        var places = positions is null ? default : positions.AsSpan(tile.FirstColumn, tile.Columns);
        for (var row = 0; row < tile.Rows; row++)
            targets.Add(tile.FirstRow + row, tile.GetRow(row), tile.FirstColumn, places, counts);
    }

    public void EndRows(int firstRow, int rows)
    {
    }
}
