using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What a cosine of an image and a text owes to what all images and all texts have in common, and what to these two. With x̂ = μ_x + a and ŷ = μ_y + b:
/// cos = μ_x·μ_y + μ_x·b + a·μ_y + a·b, the four parts below. Over several pairs each is the mean.
/// </summary>
[TypeFormatterSource]
public sealed class ScoreExplanation
{
    internal ScoreExplanation()
    {
    }

    /// <summary>How many pairs it is the mean of.</summary>
    public required int Count { get; init; }

    /// <summary>cos = x̂·ŷ, the sum of the four parts.</summary>
    public required double Cosine { get; init; }

    /// <summary>μ_x·μ_y: what any image scores with any text.</summary>
    public required double MeansPart { get; init; }

    /// <summary>μ_x·b: how near the text is to images in general; the same for every image.</summary>
    public required double ImageMeanPart { get; init; }

    /// <summary>a·μ_y: how near the image is to texts in general; the same for every text.</summary>
    public required double TextMeanPart { get; init; }

    /// <summary>a·b: what is owed to this image and this text together, and all that is left when the gap is closed.</summary>
    public required double ContentPart { get; init; }

    /// <summary>a·b/(‖a‖‖b‖): the cosine after I0T_post.</summary>
    public required double ClosedCosine { get; init; }

    /// <summary>The dimensions that add most to the cosine, the largest |Total| first.</summary>
    public required IReadOnlyList<ScoreContribution> TopDimensions { get; init; }

    /// <summary>The share of the cosine that would be the same for any pair: μ_x·μ_y / cos; 0 where the cosine is.</summary>
    public double MeansShare => Cosine == 0 ? 0 : MeansPart / Cosine;

    /// <summary>The parts and the top dimensions as text.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            [
                string.Create(culture, $"cosine                              {Cosine:F4}{(Count > 1 ? $"   mean of {Count} pairs" : "")}"),
                string.Create(culture, $"  any image with any text           {MeansPart:F4}"),
                string.Create(culture, $"  this text with images in general  {ImageMeanPart:F4}"),
                string.Create(culture, $"  this image with texts in general  {TextMeanPart:F4}"),
                string.Create(culture, $"  this image with this text         {ContentPart:F4}"),
                string.Create(culture, $"cosine with the gap closed          {ClosedCosine:F4}"),
                .. TopDimensions.Select(entry => string.Create(
                    culture, $"  dimension {entry.Dimension,4}: {entry.Total,8:F4}, of which any pair {entry.Means,8:F4}, this pair {entry.Content,8:F4}")),
            ]);
    }
}
