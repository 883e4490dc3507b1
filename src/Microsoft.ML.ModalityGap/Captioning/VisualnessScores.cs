using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How picturable texts are, by a bank of images. Made by <see cref="ModalityGapCatalog.ScoreVisualness"/>.</summary>
public sealed class VisualnessScores
{
    internal VisualnessScores()
    {
    }

    /// <summary>A score per row of the texts, in their order; NaN for one left out. Higher is more picturable; scores of one bank and one encoder can be compared.</summary>
    public required IReadOnlyList<double> Scores { get; init; }

    /// <summary>The number of images in the bank.</summary>
    public required int ImageCount { get; init; }

    /// <summary>k, of how many nearest images the mean was taken.</summary>
    public required int Neighbors { get; init; }

    /// <summary>The mean of the scores that are numbers.</summary>
    public double Mean => Scores.Where(score => !double.IsNaN(score)).Average();

    /// <summary>The figures as text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Scores.Count} texts, {Neighbors} nearest of {ImageCount} images: visualness {Mean:F4} ({Scores.Where(score => !double.IsNaN(score)).Min():F4} to {Scores.Where(score => !double.IsNaN(score)).Max():F4})");
}
