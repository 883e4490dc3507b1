namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="TransportModalitiesEstimator"/>.</summary>
public sealed record TransportModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: 1,000 rows of each modality, drawn far towards leaving them as they are.</summary>
    public static TransportModalitiesOptions Default { get; } = new();

    /// <summary>How many rows of each modality are drawn for the transport, where there are so many. Default 1,000; at least 2. Time and memory grow with its square.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2, or above 20,000.</exception>
    public int SampleCount
    {
        get;
        init => field = value is >= 2 and <= 20_000 ? value : throw new ArgumentOutOfRangeException(nameof(SampleCount), value, "From 2 to 20,000 rows.");
    } = 1000;

    /// <summary>ε, how soft the transport is, in units of a cosine. Default 0.05; from 0.001 on. A large one couples all with all, a small one takes long.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0.001 or not finite.</exception>
    public double Regularization
    {
        get;
        init => field = value >= 0.001 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Regularization), value, "A finite number from 0.001.");
    } = 0.05;

    /// <summary>
    /// γ, from 0 to 1: how far the rotation is drawn towards none. Default 0.9, for spaces that hardly turn; where they do turn, take less. With 0 nothing holds directions that the drawn rows do not show: only for many more rows than dimensions.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double Shrinkage
    {
        get;
        init
        {
            CovarianceShrinkage.CheckAmount(value, nameof(Shrinkage));
            field = value;
        }
    } = 0.9;

    /// <summary>How often transport and rotation are found anew, one from the other; less often where the rotation stands still. Default 10; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Iterations
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Iterations), value, "At least one is needed.");
    } = 10;

    /// <summary>The modality that the other is rotated onto; <see langword="null"/>, the default, for the second one.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? Towards
    {
        get;
        init => field = value is null or { Length: > 0 } ? value : throw new ArgumentException("The name of a modality cannot be empty.", nameof(Towards));
    }

    /// <summary>Seeds the draw of the rows. Default 0.</summary>
    public int Seed { get; init; }
}
