namespace Microsoft.ML.ModalityGap;

/// <summary>Takes in the cosines of all pairs of the two modalities: similarities of partners and of strangers, ranks and nearest neighbours both ways.</summary>
internal sealed class CrossVisitor : IScoreVisitor
{
    private readonly CrossScores _scores;
    private readonly RowRankVisitor _forward;
    private readonly RowRankVisitor _backward;
    private readonly TopLists _backwardTop;
    private readonly SimilaritySums.Bins _matched;
    private readonly SimilaritySums.Bins _mismatched;
    private readonly float[] _transposed = new float[ScoreTiles.TileRows * ScoreTiles.TileColumns];

    internal CrossVisitor(CrossScores scores)
    {
        _scores = scores;
        _forward = new RowRankVisitor(scores.Forward, scores.ForwardCounts, positions: null);
        _backward = new RowRankVisitor(scores.Backward, new int[scores.Backward.Count], positions: null);
        _backwardTop = new TopLists(scores.BackwardTop.QueryCount, scores.Neighbors);
        _matched = scores.Matched.CreateBins();
        _mismatched = scores.Mismatched.CreateBins();
    }

    internal ReadOnlySpan<int> BackwardCounts => _backward.Counts;

    internal TopLists BackwardTop => _backwardTop;

    public void Visit(in ScoreTile tile)
    {
        for (var row = 0; row < tile.Rows; row++)
        {
            var cosines = tile.GetRow(row);
            _scores.ForwardTop.Add(tile.FirstRow + row, cosines, tile.FirstColumn, positions: default);
            var partner = tile.FirstRow + row - tile.FirstColumn;
            if ((uint)partner >= (uint)cosines.Length)
            {
                _mismatched.Add(cosines, tile.FirstRow);
                continue;
            }

            _mismatched.Add(cosines[..partner], tile.FirstRow);
            _matched.Add(cosines.Slice(partner, 1), tile.FirstRow);
            _mismatched.Add(cosines[(partner + 1)..], tile.FirstRow);
        }

        _forward.Visit(tile);
        var transposed = tile.Transpose(_transposed);
        _backward.Visit(transposed);
        for (var row = 0; row < transposed.Rows; row++)
            _backwardTop.Add(transposed.FirstRow + row, transposed.GetRow(row), transposed.FirstColumn, positions: default);
    }

    public void EndRows(int firstRow, int rows)
    {
    }
}
