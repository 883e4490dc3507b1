using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Shows tiles to one visitor as they are and to another with rows and columns exchanged.</summary>
/// <param name="forward">Sees the rows as queries.</param>
/// <param name="backward">Sees the columns as queries. Several threads see parts of the same columns, so its counts are its own.</param>
internal sealed class BothWaysVisitor(RowRankVisitor forward, RowRankVisitor backward) : IScoreVisitor
{
    private readonly float[] _transposed = new float[ScoreTiles.TileRows * ScoreTiles.TileColumns];

    public void Visit(in ScoreTile tile)
    {
        forward.Visit(tile);
        backward.Visit(tile.Transpose(_transposed));
    }

    public void EndRows(int firstRow, int rows)
    {
    }

    /// <summary>The finished counts of the backward direction.</summary>
    internal static int[] SumBackward(IEnumerable<BothWaysVisitor> visitors, RankTargets targets)
    {
        var counts = new int[targets.Count];
        foreach (var visitor in visitors)
            TensorPrimitives.Add(counts, visitor.Backward.Counts, counts);
        targets.Finish(counts);
        return counts;
    }

    private RowRankVisitor Backward => backward;
}
