using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How far two modalities lie apart, and what that does to retrieval. All over unit vectors x̂ = x/‖x‖ and ŷ = y/‖y‖ of N pairs.
/// </summary>
[TypeFormatterSource]
public sealed class ModalityGapMetrics
{
    internal ModalityGapMetrics()
    {
    }

    /// <summary>The first modality: the name of its column.</summary>
    public required string First { get; init; }

    /// <summary>The second modality: the name of its column.</summary>
    public required string Second { get; init; }

    /// <summary>N, the number of pairs.</summary>
    public required int Count { get; init; }

    /// <summary>The number of pairs left out because a row could not be used.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>The number of dimensions.</summary>
    public required int Dimension { get; init; }

    /// <summary>‖μ_x − μ_y‖, the distance of the means, from 0 (closed) to 2; L2M in the I0T paper.</summary>
    public required double CentroidDistance { get; init; }

    /// <summary><see cref="CentroidDistance"/> in the words of the I0T paper: severe from 0.63, moderate from 0.19, low below.</summary>
    public GapSeverity Severity => CentroidDistance switch { >= 0.63 => GapSeverity.Severe, >= 0.19 => GapSeverity.Moderate, _ => GapSeverity.Low };

    /// <summary>
    /// min over all i and j, partners or not, of 1 − x̂_i · ŷ_j: how near the modalities come to each other at all, from 0 (they touch) to 2. With an open gap it is far from 0 even where
    /// pairs fit well.
    /// </summary>
    public double MinimumCosineDistance => Math.Max(0, 1 - Math.Max(MatchedSimilarities.Maximum, MismatchedSimilarities.Maximum));

    /// <summary>Mean of ‖x̂_i − ŷ_i‖ over the pairs, from 0 to 2; L2I in the I0T paper.</summary>
    public required double MeanPairDistance { get; init; }

    /// <summary>Mean of x̂_i · ŷ_i over the pairs, from −1 to 1.</summary>
    public required double MeanPairCosine { get; init; }

    /// <summary>
    /// d̄_pairs / (½(d̄_xx + d̄_yy) + d̄_pairs) with d = (1 − cos)/2, d̄_xx and d̄_yy the means over all i ≠ j within a modality. From 0 to 1; 0.5 means that
    /// partners are as far apart as strangers of the same modality. 0 when all vectors are the same.
    /// </summary>
    public required double RelativeModalityGap { get; init; }

    /// <summary>
    /// Mean over the pairs of var(ŷ_i − x̂_i)/var(x̂_i), the first modality as the signal: <see cref="SignalToNoise"/>. 0 when partners coincide, about 2 when they have nothing to do with each
    /// other. <see langword="null"/> where a row of the first modality has the same value in all dimensions.
    /// </summary>
    public required double? SignalToNoiseDistance { get; init; }

    /// <summary>Mean of ‖x̂_i − ŷ_i‖² over the pairs, from 0 (partners coincide) to 4 (Wang and Isola, 2020).</summary>
    public required double Alignment { get; init; }

    /// <summary>The mean of <see cref="FirstUniformity"/> and <see cref="SecondUniformity"/>.</summary>
    public double Uniformity => (FirstUniformity + SecondUniformity) / 2;

    /// <summary>log of the mean of exp(−2‖x̂_i − x̂_j‖²) over all i ≠ j of the first modality; 0 when all coincide, lower is more spread out.</summary>
    public required double FirstUniformity { get; init; }

    /// <summary>The same of the second modality.</summary>
    public required double SecondUniformity { get; init; }

    /// <summary>log of the mean of exp(−2‖x̂_i − ŷ_j‖²) over all i ≠ j across the modalities: lower where strangers of the other modality are farther away.</summary>
    public required double CrossModalUniformity { get; init; }

    /// <summary>
    /// exp(−Σ p ln p), p = σ_i/Σσ, with the singular values σ of the first modality's vectors around their mean (Roy and Vetterli, 2007): over how many
    /// dimensions they spread, from 1 to d. Without the mean, so that the gap itself plays no part.
    /// </summary>
    public required double FirstEffectiveRank { get; init; }

    /// <summary>The same of the second modality.</summary>
    public required double SecondEffectiveRank { get; init; }

    /// <summary>
    /// The eigenvalues of the first modality's covariance (over N), d of them, largest first: its variance along the directions in which it varies most, next most, and so on.
    /// </summary>
    public required IReadOnlyList<double> FirstSpectrum { get; init; }

    /// <summary>The same of the second modality.</summary>
    public required IReadOnlyList<double> SecondSpectrum { get; init; }

    /// <summary>The k of <see cref="FirstHubness"/> and <see cref="SecondHubness"/>; not more than N.</summary>
    public required int HubnessNeighbors { get; init; }

    /// <summary>
    /// Hubness of the first modality as a gallery: the skewness E[(N−μ)³]/σ³ (over N) of the k-occurrence, the number of queries of the second modality that have a row
    /// among their k nearest (Radovanović et al., 2010). About 0 without hubs; the larger, the more some rows crowd out others.
    /// </summary>
    public required double FirstHubness { get; init; }

    /// <summary>The same of the second modality as a gallery, by queries of the first.</summary>
    public required double SecondHubness { get; init; }

    /// <summary>The cosines of the pairs: x̂_i · ŷ_i.</summary>
    public required SimilarityHistogram MatchedSimilarities { get; init; }

    /// <summary>The cosines across the modalities of what are no pairs: x̂_i · ŷ_j for all i ≠ j.</summary>
    public required SimilarityHistogram MismatchedSimilarities { get; init; }

    /// <summary>The cosines within the first modality: x̂_i · x̂_j for all i &lt; j.</summary>
    public required SimilarityHistogram FirstSimilarities { get; init; }

    /// <summary>The cosines within the second modality.</summary>
    public required SimilarityHistogram SecondSimilarities { get; init; }

    /// <summary>
    /// The accuracy, on held-out pairs, of a logistic regression that tells the modalities apart: 1 when a plane parts them, about 0.5 when the gap is closed by a map that was fitted on
    /// other rows. Of a map that was fitted on the very rows measured it is below that, since the halves then have opposite residual means (0.35 on 500 pairs of CLIP); see
    /// <see cref="ModalityGapCatalog.WasFittedOn"/>. <see langword="null"/> with fewer than 4 pairs.
    /// </summary>
    public required double? LinearSeparability { get; init; }

    /// <summary>
    /// LS as the I0T paper has it: 1 − MSE of a linear least-squares regression of the modality (0 and 1) on the embeddings, fitted on 70 % of the pairs and measured on 30 %. 1 when a plane
    /// parts them, 0.75 when it always answers ½, and without a lower bound: with about as many rows as dimensions the regression fits noise, as in the paper's −1.85. With fewer rows
    /// than dimensions the solution of smallest norm. <see langword="null"/> with fewer than 4 pairs.
    /// </summary>
    public required double? RegressionSeparability { get; init; }

    /// <summary>Per modality the dimensions with the largest |μ_d|, largest first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<PeakDimension>> PeakDimensions { get; init; }

    /// <summary>Retrieval of the second modality by the first.</summary>
    public required PairRetrievalMetrics FirstToSecond { get; init; }

    /// <summary>Retrieval of the first modality by the second.</summary>
    public required PairRetrievalMetrics SecondToFirst { get; init; }

    /// <summary>The measures as text, with the rule for ties.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            $"{First} and {Second}: {Count} pairs of {Dimension} dimensions{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}",
            string.Create(culture, $"centroid distance     {CentroidDistance:F4} ({Severity.ToString().ToLowerInvariant()})"),
            string.Create(culture, $"minimum cos. distance {MinimumCosineDistance:F4}"),
            string.Create(culture, $"mean pair distance    {MeanPairDistance:F4}"),
            string.Create(culture, $"mean pair cosine      {MeanPairCosine:F4}"),
            string.Create(culture, $"relative modality gap {RelativeModalityGap:F4}"),
            string.Create(culture, $"alignment             {Alignment:F4}"),
            string.Create(culture, $"uniformity            {Uniformity:F4}"),
            string.Create(culture, $"  across modalities   {CrossModalUniformity:F4}"),
            string.Create(culture, $"effective rank        {FirstEffectiveRank:F1} and {SecondEffectiveRank:F1}"),
            string.Create(culture, $"hubness (skewness)    {FirstHubness:F4} and {SecondHubness:F4}, of the {HubnessNeighbors} nearest"),
            string.Create(culture, $"cosines of pairs      {MatchedSimilarities.Mean:F4} ± {MatchedSimilarities.StandardDeviation:F4}"),
            string.Create(culture, $"  of strangers        {MismatchedSimilarities.Mean:F4} ± {MismatchedSimilarities.StandardDeviation:F4}"),
            string.Create(culture, $"  within {First,-13}{FirstSimilarities.Mean:F4} ± {FirstSimilarities.StandardDeviation:F4}"),
            string.Create(culture, $"  within {Second,-13}{SecondSimilarities.Mean:F4} ± {SecondSimilarities.StandardDeviation:F4}"),
            string.Create(culture, $"linear separability   {LinearSeparability?.ToString("F4", culture) ?? "needs 4 pairs"}"),
            string.Create(culture, $"  as 1 − MSE          {RegressionSeparability?.ToString("F4", culture) ?? "needs 4 pairs"}"),
            FirstToSecond.ToString(),
            SecondToFirst.ToString(),
            "(rank = 1 + rows with a higher cosine + rows with the same cosine that stand before)");
    }
}
