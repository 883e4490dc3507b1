namespace Microsoft.ML.ModalityGap;

/// <summary>On which scale a caption's score is given.</summary>
public enum CaptionScoreKind
{
    /// <summary>CLIP-S = 2.5·max(cos, 0) (Hessel et al. 2021).</summary>
    ClipS,

    /// <summary>100·max(cos, 0), as torchmetrics' CLIPScore; over a corpus max(mean of 100·cos, 0), as there.</summary>
    TorchMetrics,

    /// <summary>The cosine as it is, from −1 to 1.</summary>
    Cosine,

    /// <summary>
    /// I0T-S = cos with the gap of both modalities closed, from −1 to 1: ω = 1, and negative cosines kept (An et al. 2025, whose figure goes from −0.349 to 0.660). Most strangers
    /// have a negative cosine then; <see cref="ClipS"/> on closed embeddings makes them all 0, and so does the authors' own script of correlations, which takes ω = 2 and clamps.
    /// </summary>
    I0TS,
}
