namespace Microsoft.ML.ModalityGap;

/// <summary>Which id fills a text's row behind its end token.</summary>
public enum ClipPadding
{
    /// <summary>The id of the end token, as the Hugging Face checkpoints of CLIP and SigLIP do.</summary>
    EndToken,

    /// <summary>Zero, as OpenAI's own CLIP code and OpenCLIP do.</summary>
    Zero,
}
