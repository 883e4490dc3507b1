using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Whether long texts crowd together: similarity against text length. Made by <see cref="ModalityGapCatalog.EvaluateLengthCollapse"/>.</summary>
public sealed class LengthCollapseMetrics
{
    internal LengthCollapseMetrics()
    {
    }

    /// <summary>The texts by length, about as many in each group, the shortest first; equal lengths are not parted.</summary>
    public required IReadOnlyList<LengthGroup> Groups { get; init; }

    /// <summary>
    /// Spearman's correlation of a text's length and its cosine with the mean of all: from −1 to 1. Above 0 the longer ones lie nearer to the middle, which is the collapse; about 0 length makes no
    /// difference.
    /// </summary>
    public required double Correlation { get; init; }

    /// <summary>The number of texts left out.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>The groups as a table.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        PlainTable.Format(
            ["length", "texts", "mean cosine"],
            Groups.Select(group => (IReadOnlyList<string>)
            [
                string.Create(CultureInfo.InvariantCulture, $"{group.MinimumLength:0.##} to {group.MaximumLength:0.##}"),
                group.Count.ToString(CultureInfo.InvariantCulture),
                group.MeanCosine?.ToString("F4", CultureInfo.InvariantCulture) ?? "",
            ])),
        string.Create(CultureInfo.InvariantCulture, $"length and nearness to the mean of all: Spearman {Correlation:F4}"));
}
