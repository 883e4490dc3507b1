namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.Evaluate"/>.</summary>
public sealed record ModalityGapEvaluationOptions
{
    /// <summary>The defaults.</summary>
    public static ModalityGapEvaluationOptions Default { get; } = new();

    /// <summary>What to do with pairs of which a row cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>Seeds the splits on which <see cref="ModalityGapMetrics.LinearSeparability"/> and <see cref="ModalityGapMetrics.RegressionSeparability"/> are measured. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>The most pairs a linear separator is trained and tested on; of more, so many are drawn. Default 5,000; at least 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 4.</exception>
    public int SeparabilitySampleSize
    {
        get;
        init => field = value >= 4 ? value : throw new ArgumentOutOfRangeException(nameof(SeparabilitySampleSize), value, "At least 4 pairs are needed.");
    } = 5_000;

    /// <summary>How many <see cref="ModalityGapMetrics.PeakDimensions"/> to name per modality. Default 5; not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int PeakDimensionCount
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(PeakDimensionCount), value, "The number cannot be negative.");
    } = 5;

    /// <summary>The k of the hubness measures. Default 10; positive. Of fewer pairs, all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int HubnessNeighbors
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(HubnessNeighbors), value, "At least 1 neighbour is needed.");
    } = 10;

    /// <summary>How many bins from −1 to 1 the histograms of cosines have. Default 200; 1 to 100,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 1 to 100,000.</exception>
    public int HistogramBinCount
    {
        get;
        init => field = value is >= 1 and <= 100_000 ? value : throw new ArgumentOutOfRangeException(nameof(HistogramBinCount), value, "Give 1 to 100,000 bins.");
    } = 200;
}
