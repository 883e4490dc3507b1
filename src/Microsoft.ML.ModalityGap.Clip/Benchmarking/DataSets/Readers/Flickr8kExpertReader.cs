namespace Microsoft.ML.ModalityGap;

/// <summary>Flickr8k-Expert: <c>ExpertAnnotations.txt</c>, three marks from 1 to 4 a line.</summary>
internal sealed class Flickr8kExpertReader : Flickr8kRatings
{
    public override string Format => "flickr8k-expert";

    private protected override string FileName => "ExpertAnnotations.txt";

    private protected override float[]? GetMarks(float[] numbers) => numbers is [>= 1 and <= 4, >= 1 and <= 4, >= 1 and <= 4] ? numbers : null;
}
