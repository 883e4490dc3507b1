namespace Microsoft.ML.ModalityGap;

/// <summary>Takes in scores tile by tile; each thread has a visitor of its own.</summary>
internal interface IScoreVisitor
{
    /// <summary>Takes in a tile. The tiles of the same rows come to the same visitor, from the first column to the last.</summary>
    void Visit(in ScoreTile tile);

    /// <summary>Called behind the last tile of these rows.</summary>
    void EndRows(int firstRow, int rows);
}
