namespace Microsoft.ML.ModalityGap;

/// <summary>On which scale a caption's score is given. On embeddings whose gap is closed each is its I0T variant: <see cref="ClipS"/> becomes I0T-S.</summary>
public enum CaptionScoreKind
{
    /// <summary>CLIP-S = 2.5·max(cos, 0) (Hessel et al. 2021).</summary>
    ClipS,

    /// <summary>100·max(cos, 0), as torchmetrics' CLIPScore; over a corpus max(mean of 100·cos, 0), as there.</summary>
    TorchMetrics,

    /// <summary>The cosine as it is, from −1 to 1.</summary>
    Cosine,
}
