namespace Microsoft.ML.ModalityGap;

/// <summary>How much <see cref="ModalityStatistics"/> hold. Each level includes the ones before it and costs more to compute.</summary>
public enum ModalityMoments
{
    /// <summary>The mean, and the total variance, which costs nothing beside it.</summary>
    Mean,

    /// <summary>Also the variance of each dimension.</summary>
    Variance,

    /// <summary>Also the covariance matrix: d² numbers, and d operations per value.</summary>
    Covariance,
}
