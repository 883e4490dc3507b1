namespace Microsoft.ML.ModalityGap;

/// <summary>Takes in the cosines of all pairs i &lt; j of one modality.</summary>
internal sealed class WithinVisitor(SimilaritySums.Bins bins) : IScoreVisitor
{
    public void Visit(in ScoreTile tile)
    {
        for (var row = 0; row < tile.Rows; row++)
        {
            var behind = Math.Clamp(tile.FirstRow + row + 1 - tile.FirstColumn, 0, tile.Columns);
            bins.Add(tile.GetRow(row)[behind..], tile.FirstRow);
        }
    }

    public void EndRows(int firstRow, int rows)
    {
    }

    internal static SimilaritySums Measure(ReadOnlyMemory<float> rows, int dimension, int bins)
    {
        var sums = new SimilaritySums(rows.Length / dimension, bins);
        ScoreTiles.Visit(rows, rows, dimension, () => new WithinVisitor(sums.CreateBins()), upperOnly: true);
        return sums;
    }
}
