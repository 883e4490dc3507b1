namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="TruncateEmbeddingsEstimator"/>.</summary>
public sealed record TruncateEmbeddingsOptions : ModalityFitOptions
{
    /// <summary>k, the number of dimensions to keep; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public required int Dimension
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Dimension), value, "Keep at least one dimension.");
    }
}
