namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="RecalibrateScoresEstimator"/>.</summary>
public sealed record RecalibrateScoresOptions
{
    /// <summary>The defaults: 1,001 quantiles.</summary>
    public static RecalibrateScoresOptions Default { get; } = new();

    /// <summary>How many quantiles, evenly spaced from the lowest to the highest score, the mapping goes through. Default 1,001; 2 to 1,000,000. More than there
    /// are scores add nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 2 to 1,000,000.</exception>
    public int QuantileCount
    {
        get;
        init => field = value is >= 2 and <= 1_000_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(QuantileCount), value, "Between 2 and 1,000,000 quantiles.");
    } = 1001;
}
