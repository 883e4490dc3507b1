namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="SimilarityMetric.SignalToNoise"/> comes down to for the rows of an index: 1 − ‖g − q‖²/‖q‖² = (2·q·g − ‖g‖²)/‖q‖², of rows and queries without their means.</summary>
internal sealed class IndexNoise(EmbeddingIndex index) : IndexTerms(index)
{
    /// <summary>The terms for every query.</summary>
    internal RescoringTerms GetTerms() => GetTerms("");

    protected override RescoringTerms Compute(string key)
    {
        var store = Index.Store;
        var (squares, row) = (new float[store.PanelCount * MatrixTile.Columns], new float[Index.Dimension]);
        for (var position = 0; position < store.Count; position++)
        {
            store.Read(position, row);
            squares[position] = (float)RowKernels.SquaredNormExact(row);
        }

        return new RescoringTerms { Weight = 2, Parts = [new RescoringPart(squares)], OverSquaredNorm = true };
    }
}
