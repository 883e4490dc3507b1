namespace Microsoft.ML.ModalityGap;

/// <summary>How severe a modality gap is, in the words of the I0T paper (An et al. 2025), by the distance of the means.</summary>
public enum GapSeverity
{
    /// <summary>‖μ_x − μ_y‖ below 0.19.</summary>
    Low,

    /// <summary>From 0.19 up to, but not, 0.63.</summary>
    Moderate,

    /// <summary>0.63 or more; raw CLIP embeddings have about 0.85.</summary>
    Severe,
}
