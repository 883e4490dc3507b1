using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A health check of a token embedding table, such as a text tower's, of which a row is a token: how much each token's values vary, over how many dimensions the tokens spread, and
/// how far they crowd into one direction. Rows that are zero throughout (padding) are left out of all measures.
/// </summary>
public sealed class EmbeddingTableMetrics
{
    internal EmbeddingTableMetrics()
    {
    }

    /// <summary>Where the table is from: a file and, of a model, the initialiser's name; or a column.</summary>
    public required string Source { get; init; }

    /// <summary>The number of rows (tokens), zero rows included.</summary>
    public required int RowCount { get; init; }

    /// <summary>The number of rows that are zero throughout.</summary>
    public required int ZeroRowCount { get; init; }

    /// <summary>d, the number of dimensions.</summary>
    public required int Dimension { get; init; }

    /// <summary>TEV, token embedding variability: the mean over the tokens of the standard deviation (over d) of a token's d values (Chung et al., 2024).</summary>
    public required double TokenVariability { get; init; }

    /// <summary>The standard deviation (over the tokens) of the same: a few tokens with far more or less variability than others show here.</summary>
    public required double TokenVariabilitySpread { get; init; }

    /// <summary>exp(−Σ p ln p), p = σ_i/Σσ, with the singular values σ of the table around its mean row (Roy and Vetterli, 2007); from 1 to d.</summary>
    public required double EffectiveRank { get; init; }

    /// <summary>
    /// The mean cosine of two different tokens (Ethayarajh, 2019), from about 0, all directions alike, to 1, one narrow cone. 0 of a single row.
    /// </summary>
    public required double Anisotropy { get; init; }

    /// <summary>The measures as text.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            string.Create(culture, $"{Source}: {RowCount} rows of {Dimension} dimensions{(ZeroRowCount > 0 ? $", {ZeroRowCount} of them zero and left out" : "")}"),
            string.Create(culture, $"token variability (TEV) {TokenVariability:G5} ± {TokenVariabilitySpread:G5}"),
            string.Create(culture, $"effective rank          {EffectiveRank:F1}"),
            string.Create(culture, $"anisotropy              {Anisotropy:F4}"));
    }
}
