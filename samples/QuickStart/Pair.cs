namespace QuickStart;

/// <summary>A row of the data: an image and a caption that describes it.</summary>
internal sealed class Pair
{
    public string ImagePath { get; set; } = "";

    public string Caption { get; set; } = "";

    /// <summary>Its number among the pairs measured; of a query, which has no image, that of the pair it is after.</summary>
    public int Row { get; set; }
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

    public int Row { get; set; }
}
