using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The transforms of this library that fit maps and the correction of similarities as one model.</summary>
public static class CorrectionCatalog
{
    // What did best on every set of pairs that was tried: docs/methods.md.
    private static readonly CovarianceShrinkage _whitening = CovarianceShrinkage.Fixed(0.95);
    private const double Alignment = 0.9;

    /// <summary>
    /// Creates a <see cref="CorrectSimilaritiesEstimator"/> for pairs: whitening with a shrinkage of 0.95, alignment with one of 0.9, and the correction behind them. The columns are changed in place.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other; row i of both is a pair.</param>
    /// <param name="options">How the correction is fitted; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    /// <example>
    /// <code>
    /// var model = mlContext.Transforms.CorrectSimilarities("Image", "Text").Fit(pairs);
    /// var index = mlContext.ModalityGap().CreateIndex(model, gallery, "Image", "Id");
    /// var found = index.SearchBatch(model.Transform(captions), "Text", k: 10, new SearchOptions { QueryModality = "Text", MinimumProbability = 0.5 });
    /// </code>
    /// </example>
    public static CorrectSimilaritiesEstimator CorrectSimilarities(
        this TransformsCatalog catalog, string firstColumnName, string secondColumnName, SimilarityCorrectionOptions? options = null) =>
        catalog.CorrectSimilarities(
            catalog.AlignModalities(ModalityColumns.PerColumn(firstColumnName, secondColumnName), new AlignModalitiesOptions
            {
                Shrinkage = Alignment,
                Whitening = _whitening,
                UnusableRows = options?.UnusableRows ?? default,
            }),
            options);

    /// <summary>Creates a <see cref="CorrectSimilaritiesEstimator"/> for rows that need not be pairs: whitening with a shrinkage of 0.95, and the correction behind it.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">How the correction is fitted; <see langword="null"/> for the defaults.</param>
    public static CorrectSimilaritiesEstimator CorrectSimilarities(this TransformsCatalog catalog, ModalityColumns columns, SimilarityCorrectionOptions? options = null) =>
        catalog.CorrectSimilarities(catalog.WhitenModalities(columns, new WhitenModalitiesOptions { Shrinkage = _whitening, UnusableRows = options?.UnusableRows ?? default }), options);

    /// <summary>Creates a <see cref="CorrectSimilaritiesEstimator"/> behind maps of one's own choice, such as the best of <see cref="SelectionResult.Recommended"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="maps">Any estimator of this library that fits a map per modality.</param>
    /// <param name="options">How the correction is fitted; <see langword="null"/> for the defaults.</param>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.CorrectSimilarities(mlContext.Transforms.CenterModalities("Image", "Text"), new SimilarityCorrectionOptions { Hubness = HubnessCorrection.None });
    /// </code>
    /// </example>
    public static CorrectSimilaritiesEstimator CorrectSimilarities(
        this TransformsCatalog catalog, IEstimator<EmbeddingMapTransformer> maps, SimilarityCorrectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CorrectSimilaritiesEstimator(catalog.GetEnvironment(), maps, options);
    }
}
