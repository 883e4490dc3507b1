namespace Microsoft.ML.ModalityGap;

/// <summary>How paired embeddings are brought together.</summary>
public enum AlignmentMethod
{
    /// <summary>The linear map with the smallest squared error, with a penalty on its distance from zero or from the identity.</summary>
    Ridge,

    /// <summary>The rotation (and reflection) with the smallest squared error: cosines within the modality stay as they are.</summary>
    Procrustes,

    /// <summary>Regularised canonical correlations: both modalities are whitened and projected to where they correlate.</summary>
    Cca,
}
