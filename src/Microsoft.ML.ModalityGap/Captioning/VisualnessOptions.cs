namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.ScoreVisualness"/>.</summary>
public sealed record VisualnessOptions
{
    /// <summary>The defaults: the 10 nearest images, above the mean of all.</summary>
    public static VisualnessOptions Default { get; } = new();

    /// <summary>k: of how many nearest images the mean cosine is taken. Default 10; of fewer images, all. At least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Neighbors
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Neighbors), value, "At least one image is looked at.");
    } = 10;

    /// <summary>
    /// Whether the text's mean cosine with all images is taken away. Default true: where the gap is open, what a text scores with images at large says nothing of it, and differs by text.
    /// </summary>
    public bool IsRelative { get; init; } = true;

    /// <summary>The text modality's map; <see langword="null"/> (the default) for none, or where the column is mapped already.</summary>
    public EmbeddingMap? TextMap { get; init; }

    /// <summary>The image modality's map; likewise.</summary>
    public EmbeddingMap? ImageMap { get; init; }

    /// <summary>What to do with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>; a text left out scores NaN, an image left out is not in the bank.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }
}
