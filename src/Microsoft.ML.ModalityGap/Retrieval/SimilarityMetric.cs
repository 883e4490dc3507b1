namespace Microsoft.ML.ModalityGap;

/// <summary>What an <see cref="EmbeddingIndex"/> ranks by.</summary>
public enum SimilarityMetric
{
    /// <summary>x·y/(‖x‖‖y‖), in [−1, 1]. Rows are normalised when they are added, queries when they are searched.</summary>
    Cosine,

    /// <summary>x·y of the vectors as they are.</summary>
    Dot,

    /// <summary>
    /// 1 − d_S(q, g), with the signal-to-noise ratio as a distance (<see cref="SignalToNoise"/>), d_S(q, g) = var(g − q)/var(q) over a vector's values: 1 where both are the same but for a constant, no bound below. Not
    /// symmetric: the query is the signal. Rows are held without their mean; a query must not be constant.
    /// </summary>
    SignalToNoise,
}
