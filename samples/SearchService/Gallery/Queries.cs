namespace SearchService;

/// <summary>A text to be embedded.</summary>
internal sealed class TextQuery
{
    public string Text { get; set; } = "";
}

/// <summary>The content of an image file to be embedded.</summary>
internal sealed class ImageQuery
{
    public byte[] Image { get; set; } = [];
}

/// <summary>The embedding as the encoder gives it, and with the gap closed.</summary>
internal sealed class QueryEmbedding
{
    public float[] Raw { get; set; } = [];

    public float[] Closed { get; set; } = [];
}
