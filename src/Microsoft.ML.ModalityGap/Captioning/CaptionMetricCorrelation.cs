using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How a caption metric goes with human ratings. Coefficients from −1 to 1, as scipy.stats defines them, ties included.</summary>
[TypeFormatterSource]
public sealed class CaptionMetricCorrelation
{
    internal CaptionMetricCorrelation()
    {
    }

    /// <summary>n, the number of pairs of a score and a rating; with several ratings a row, each is a pair with the row's score.</summary>
    public required int Count { get; init; }

    /// <summary>τ_b = (P − Q)/√((n₀ − ties in scores)(n₀ − ties in ratings)), P and Q the pairs of pairs ordered alike and oppositely, n₀ = n(n−1)/2.
    /// What Flickr8k-CF is reported in.</summary>
    public required double KendallTauB { get; init; }

    /// <summary>τ_c = 2(P − Q)/(n²(m−1)/m), m the smaller number of distinct values. What Flickr8k-Expert and Composite are reported in.</summary>
    public required double KendallTauC { get; init; }

    /// <summary>Pearson's coefficient of the ranks, equal values sharing the mean of theirs.</summary>
    public required double Spearman { get; init; }

    /// <summary>The linear correlation.</summary>
    public required double Pearson { get; init; }

    /// <summary>The coefficients as text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Count} ratings: τ_b {KendallTauB:F4}, τ_c {KendallTauC:F4}, Spearman {Spearman:F4}, Pearson {Pearson:F4}");
}
