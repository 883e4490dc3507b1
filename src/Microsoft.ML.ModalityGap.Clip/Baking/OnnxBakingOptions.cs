namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="OnnxBakingCatalog.AppendToOnnx(ModalityGapCatalog, string, EmbeddingMap, string, OnnxBakingOptions)"/>.</summary>
public sealed record OnnxBakingOptions
{
    /// <summary>The defaults: the encoder's embedding output, replaced under its own name by the mapped one in float32.</summary>
    public static OnnxBakingOptions Default { get; } = new();

    /// <summary>
    /// The encoder's output that the map is put behind. <see langword="null"/>: the only output of shape (batch, d), or the one among several that is called
    /// <c>image_embeds</c>, <c>text_embeds</c> or <c>embedding</c>.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? OutputName
    {
        get;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(OutputName));
            field = value;
        }
    }

    /// <summary>
    /// What the mapped embedding is called. <see langword="null"/>: as the encoder's output, in whose place it stands, so that whoever runs the encoder need
    /// not change. With another name it is a further output, and the encoder's own stays beside it. Of a classifier what its probabilities are called,
    /// of a search its scores: <c>score</c> unless set.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? MappedOutputName
    {
        get;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(MappedOutputName));
            field = value;
        }
    }

    /// <summary>
    /// Whether a float16 encoder's mapped embedding is float16, too. Default <see langword="false"/>: it is float32, in which the map is computed. An encoder of
    /// float32 yields float32 in either case.
    /// </summary>
    public bool KeepFloat16 { get; init; }
}
