using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The control without prompts: scores of pairs that belong together against scores of pairs that do not, within a modality and across. Where the gap is open, an image scores
/// higher with any other image than with its own caption; where it is closed, it does not.
/// </summary>
[TypeFormatterSource]
public sealed class PromptFreeControl
{
    internal PromptFreeControl()
    {
    }

    /// <summary>N, the number of pairs.</summary>
    public required int Count { get; init; }

    /// <summary>The number of pairs left out.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>The scale of the means.</summary>
    public required CaptionScoreKind Kind { get; init; }

    /// <summary>The mean score of an image with its own text.</summary>
    public required double MatchedImageText { get; init; }

    /// <summary>The mean score of an image with another's text, over all i ≠ j.</summary>
    public required double MismatchedImageText { get; init; }

    /// <summary>The mean score of an image with another image, over all i ≠ j.</summary>
    public required double MismatchedImageImage { get; init; }

    /// <summary>The mean score of a text with another text, over all i ≠ j.</summary>
    public required double MismatchedTextText { get; init; }

    /// <summary>The share of all i ≠ j in which image i scores higher with image j than with its own text: 0 is right.</summary>
    public required double ImagePreferredToOwnText { get; init; }

    /// <summary>The share of all i ≠ j in which text i scores higher with text j than with its own image: 0 is right.</summary>
    public required double TextPreferredToOwnImage { get; init; }

    /// <summary>The share of all i ≠ j in which image i scores higher with text j than with its own: what the encoder, not the gap, gets wrong.</summary>
    public required double OtherTextPreferredToOwn { get; init; }

    /// <summary>The figures as text.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            string.Create(culture, $"{Count} pairs{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}, mean {Kind}:"),
            string.Create(culture, $"image with its own text      {MatchedImageText:F4}"),
            string.Create(culture, $"image with another's text    {MismatchedImageText:F4}   preferred to its own in {OtherTextPreferredToOwn:P1}"),
            string.Create(culture, $"image with another image     {MismatchedImageImage:F4}   preferred to its own text in {ImagePreferredToOwnText:P1}"),
            string.Create(culture, $"text with another text       {MismatchedTextText:F4}   preferred to its own image in {TextPreferredToOwnImage:P1}"));
    }
}
