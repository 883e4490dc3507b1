namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    // From apart to crossed over, as in Mind the Gap.
    private static readonly double[] _defaultLambdas = [-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5];

    /// <summary>
    /// Checks whether new data is of the kind that a model's maps were fitted on: whether its means lie further from the fitted ones than sampling explains. Maps fitted on other data leave a gap of
    /// their own.
    /// </summary>
    /// <param name="model">A fitted model.</param>
    /// <param name="data">New data as it comes to the model, with some of its columns at least, 2 rows or more; one pass. A warning is logged for each modality that has drifted.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The data has none of the model's columns.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or the data has another dimension, an unknown modality or one row only.</exception>
    /// <exception cref="InvalidOperationException">The model's maps were made by hand, without statistics.</exception>
    public DriftReport CheckDrift(EmbeddingMapTransformer model, IDataView data, DriftOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        return DriftCheck.Run(_host, model, data, options ?? DriftOptions.Default);
    }

    /// <summary>Measures gap and recall for many λ of <see cref="ShiftModalitiesEstimator"/>, as Mind the Gap does. The embeddings are read into memory.</summary>
    /// <param name="data">Pairs to fit the means on, and to measure on unless others are given.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other, of the same dimension.</param>
    /// <param name="lambdas">The λ; <see langword="null"/> for −0.5 to 1.5 in quarters.</param>
    /// <param name="heldOut">Pairs to measure on.</param>
    /// <param name="unusableRows">What to do with pairs of which a row cannot be used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or a λ is not finite.</exception>
    /// <exception cref="InvalidDataException">The dimensions differ, a row cannot be used and <paramref name="unusableRows"/> is to throw, or there are fewer than 2 usable pairs.</exception>
    public ShiftSweep SweepShift(
        IDataView data,
        string firstColumnName,
        string secondColumnName,
        IReadOnlyList<double>? lambdas = null,
        IDataView? heldOut = null,
        UnusableRows unusableRows = UnusableRows.Throw)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(firstColumnName);
        ArgumentException.ThrowIfNullOrEmpty(secondColumnName);
        var columns = ModalityColumns.PerColumn(firstColumnName, secondColumnName);
        var fitted = EmbeddingPairs.Load(_host, data, firstColumnName, secondColumnName, unusableRows);
        var measured = heldOut is null ? fitted : EmbeddingPairs.Load(_host, heldOut, firstColumnName, secondColumnName, unusableRows);
        if (measured.Dimension != fitted.Dimension)
            throw new InvalidDataException($"The pairs fitted on have {fitted.Dimension} dimensions, and those to measure on {measured.Dimension}.");

        var source = new RowsFitSource(ShiftModalitiesOptions.Default, [firstColumnName, secondColumnName], [fitted.First, fitted.Second], [fitted.Dimension, fitted.Dimension]);
        return new ShiftSweep(firstColumnName, secondColumnName, [.. (lambdas ?? _defaultLambdas).Select(lambda =>
        {
            var maps = new ShiftModalitiesEstimator(_host, columns, new ShiftModalitiesOptions { Lambda = lambda }).CreateMaps(source);
            var (first, second) = (new float[measured.First.Length], new float[measured.Second.Length]);
            maps[0].ApplyRows(measured.First, first);
            maps[1].ApplyRows(measured.Second, second);
            var scores = new PairScores(PairSet.OfPairs(first, second, measured.Dimension));
            var measures = PairRanking.Measure(scores.Held, scores.ToViews(), seed: 0);
            return new ShiftSweepPoint(
                lambda,
                scores.MeasureGap(),
                measures.Average(PairMeasure.FirstHit)!.Value,
                measures.Average(PairMeasure.SecondHit)!.Value,
                measures.Average(PairMeasure.MixedNdcg)!.Value);
        })]);
    }
}
