namespace Microsoft.ML.ModalityGap;

/// <summary>What an <see cref="EmbeddingIndex"/> ranks by.</summary>
public enum SimilarityMetric
{
    /// <summary>x·y/(‖x‖‖y‖), in [−1, 1]. Rows are normalised when they are added, queries when they are searched.</summary>
    Cosine,

    /// <summary>x·y of the vectors as they are.</summary>
    Dot,
}
