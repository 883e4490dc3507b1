namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>Measures how a caption metric goes with human ratings: Kendall's τ_b and τ_c, Spearman, Pearson, in O(n log n).</summary>
    /// <param name="data">Captions with their scores and ratings.</param>
    /// <param name="scoreColumnName">The scores, a number a row.</param>
    /// <param name="ratingColumnName">The ratings, a number a row, or a vector with one for each judge.</param>
    /// <param name="ratings">What a vector of ratings counts as: <see cref="CaptionRatings.Each"/> (the default) or their <see cref="CaptionRatings.Mean"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or <paramref name="ratings"/> is no value of the enumeration.</exception>
    /// <exception cref="InvalidDataException">There are fewer than 2 ratings, a value is not finite, or all scores or all ratings are the same.</exception>
    public CaptionMetricCorrelation EvaluateCaptionMetric(
        IDataView data, string scoreColumnName, string ratingColumnName, CaptionRatings ratings = CaptionRatings.Each)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(ratingColumnName);
        if (!Enum.IsDefined(ratings))
            throw new ArgumentOutOfRangeException(nameof(ratings), ratings, "Unknown way to count ratings.");
        return CaptionMetricEvaluator.Correlate(_host, data, scoreColumnName, ratingColumnName, ratings);
    }

    /// <summary>Measures how often a caption metric prefers, of two captions, the one that people prefer, as in Pascal-50S.</summary>
    /// <param name="data">Comparisons: the scores of both captions, and which is preferred.</param>
    /// <param name="firstScoreColumnName">The scores of the first captions.</param>
    /// <param name="secondScoreColumnName">Those of the second.</param>
    /// <param name="preferenceColumnName">Positive where people prefer the first, negative where they prefer the second, such as the difference of their votes.</param>
    /// <param name="categoryColumnName">A text or key by which to report as well, such as HC, HI, HM and MM; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">There are no rows, a score is not finite, or a preference is zero.</exception>
    public PairwiseAccuracies EvaluateCaptionPreferences(
        IDataView data, string firstScoreColumnName, string secondScoreColumnName, string preferenceColumnName, string? categoryColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(firstScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(secondScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(preferenceColumnName);
        return CaptionMetricEvaluator.Compare(_host, data, firstScoreColumnName, secondScoreColumnName, preferenceColumnName, categoryColumnName);
    }
}
