namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="FuseEmbeddingsEstimator"/>.</summary>
public sealed record FuseEmbeddingsOptions
{
    /// <summary>The defaults: all inputs count alike.</summary>
    public static FuseEmbeddingsOptions Default { get; } = new();

    /// <summary>The weight of each input, in their order; finite and not negative, not all zero. <see langword="null"/>, the default, for equal ones.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or all are 0.</exception>
    public IReadOnlyList<double>? Weights
    {
        get;
        init => field = value is null || (value.All(weight => weight >= 0 && double.IsFinite(weight)) && value.Any(weight => weight > 0))
            ? value
            : throw new ArgumentException("Weights are finite, not negative, and not all zero.", nameof(Weights));
    }
}
