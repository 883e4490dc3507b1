namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// How many pairs a method needs: fits it on 32, 64, 128, ... and all pairs of one part of the data, and measures what it makes of the other. With
    /// <see cref="LearningCurveOptions.HeldOutFraction"/> = 0 it is Table 3 of the I0T paper, which measures on all pairs. The embeddings are read into memory, and normalised.
    /// </summary>
    /// <param name="data">The data: row i of both columns is a pair.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other, of the same dimension.</param>
    /// <param name="method">Makes the estimator for two columns, called once per fit; <see langword="null"/> for <see cref="CenterModalitiesEstimator"/> (I0T_post).</param>
    /// <param name="options">Numbers of pairs, measures, draws; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both names are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, there are too few pairs, or so few that the method cannot be fitted on them.
    /// </exception>
    /// <exception cref="OperationCanceledException"><see cref="LearningCurveOptions.CancellationToken"/> was cancelled.</exception>
    /// <example>
    /// <code>
    /// var curve = mlContext.ModalityGap().ComputeLearningCurve(pairs, "Image", "Text", columns => mlContext.Transforms.WhitenModalities(columns));
    /// </code>
    /// </example>
    public LearningCurve ComputeLearningCurve(
        IDataView data,
        string firstColumnName,
        string secondColumnName,
        Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>>? method = null,
        LearningCurveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckNames(firstColumnName, secondColumnName);
        options ??= LearningCurveOptions.Default;
        var pairs = EmbeddingPairs.Load(_host, data, firstColumnName, secondColumnName, options.UnusableRows);
        return new LearningCurveFitter(
            _host, pairs, firstColumnName, secondColumnName, method ?? (columns => new CenterModalitiesEstimator(_host, columns, options: null)), options).Fit();
    }
}
