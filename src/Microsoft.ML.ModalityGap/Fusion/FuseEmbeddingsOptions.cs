namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="FuseEmbeddingsEstimator"/>.</summary>
public sealed record FuseEmbeddingsOptions
{
    /// <summary>The defaults: all inputs count alike.</summary>
    public static FuseEmbeddingsOptions Default { get; } = new();

    /// <summary>
    /// The weight of each input, in their order; finite, not all zero. A negative one leads away from its input: "a dog" with 1 and "a leash" with −0.5 asks for dogs without a leash. <see langword="null"/>, the
    /// default, for equal ones.
    /// </summary>
    /// <exception cref="ArgumentException">A weight is not finite, or all are 0.</exception>
    public IReadOnlyList<double>? Weights
    {
        get;
        init => field = value is null || (value.All(double.IsFinite) && value.Any(weight => weight != 0))
            ? value
            : throw new ArgumentException("Weights are finite, and not all zero.", nameof(Weights));
    }
}
