namespace Microsoft.ML.ModalityGap;

/// <summary>How <see cref="ModalityStatistics"/> are computed.</summary>
public record ModalityStatisticsOptions
{
    /// <summary>The defaults: normalised rows, unusable rows throw, means only.</summary>
    public static ModalityStatisticsOptions Default { get; } = new();

    /// <summary>Whether each row is divided by its Euclidean length first: x̂ = x/‖x‖. Default <see langword="true"/>.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>What to do with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>How much to compute. Default <see cref="ModalityMoments.Mean"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public ModalityMoments Moments
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Moments), value, "Unknown level of moments.");
    }
}
