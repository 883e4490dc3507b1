namespace Microsoft.ML.ModalityGap;

/// <summary>What every estimator that fits maps per modality lets one choose.</summary>
public abstract record ModalityFitOptions
{
    private protected ModalityFitOptions()
    {
    }

    internal ModalityStatisticsOptions ToStatisticsOptions(ModalityMoments moments) => new() { Normalize = NormalizeInput, UnusableRows = UnusableRows, Moments = moments };

    /// <summary>Whether the map begins with x̂ = x/‖x‖, and its statistics are taken over x̂. Default <see langword="true"/>; encoders rarely yield unit vectors.</summary>
    public bool NormalizeInput { get; init; } = true;

    /// <summary>What to do while fitting with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }
}
