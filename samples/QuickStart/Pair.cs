namespace QuickStart;

/// <summary>A row of the data: an image and a caption that describes it.</summary>
internal sealed class Pair
{
    public string ImagePath { get; set; } = "";

    public string Caption { get; set; } = "";
}

/// <summary>A query whose answers are known: the image, and the caption the gallery has of it.</summary>
/// <param name="Text">Another caption of the image, which is not in the gallery.</param>
/// <param name="Row">The row of the held-out pairs that it describes.</param>
internal sealed record KnownQuery(string Text, int Row)
{
    public Pair ToPair() => new() { Caption = Text };
}

/// <summary>What the prediction engine is asked for; the image's column is then never read.</summary>
internal sealed class TextEmbedding
{
    public float[] Text { get; set; } = [];
}

/// <summary>Both embeddings of a row.</summary>
internal sealed class PairEmbedding
{
    public float[] Image { get; set; } = [];

    public float[] Text { get; set; } = [];
}
