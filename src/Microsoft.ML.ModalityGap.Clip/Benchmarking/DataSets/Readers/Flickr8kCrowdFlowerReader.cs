namespace Microsoft.ML.ModalityGap;

/// <summary>Flickr8k-CF: <c>CrowdFlowerAnnotations.txt</c>, a line's share of those who say that the caption describes the image, and how many said yes and no.</summary>
internal sealed class Flickr8kCrowdFlowerReader : Flickr8kRatings
{
    public override string Format => "flickr8k-cf";

    private protected override string FileName => "CrowdFlowerAnnotations.txt";

    private protected override float[]? GetMarks(float[] numbers) => numbers is [>= 0 and <= 1, >= 0, >= 0] ? [numbers[0]] : null;
}
