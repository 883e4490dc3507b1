namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.ComputeLearningCurve"/>.</summary>
public sealed record LearningCurveOptions
{
    /// <summary>The defaults: 32, 64, 128, 256, ... and all pairs of one half, measured on the other.</summary>
    public static LearningCurveOptions Default { get; } = new();

    /// <summary>
    /// On how many pairs to fit; <see langword="null"/> (the default) for 32 and its doubles. Those that there are not are left out, and all that may be fitted on come last in any case.
    /// Each at least 2.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 2.</exception>
    public IReadOnlyList<int>? PairCounts
    {
        get;
        init => field = value is null || value.All(count => count >= 2) ? value : throw new ArgumentOutOfRangeException(nameof(PairCounts), value.Min(), "At least 2 pairs are fitted on.");
    }

    /// <summary>
    /// The share of the pairs, drawn at random, that nothing is fitted on and everything is measured on. Default 0.5. At 0 all pairs are measured, those fitted on among them, as in
    /// Table 3 of the I0T paper: a method then looks better than it is on new pairs, the more so the more of them it was fitted on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 0.9.</exception>
    public double HeldOutFraction
    {
        get;
        init => field = value is >= 0 and <= 0.9 ? value : throw new ArgumentOutOfRangeException(nameof(HeldOutFraction), value, "The share held out is from 0 to 0.9.");
    } = 0.5;

    /// <summary>How often pairs are drawn to fit on, of which points are the mean. Default 5; all pairs are fitted on once. At least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Draws
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Draws), value, "At least one draw is needed.");
    } = 5;

    /// <summary>The most pairs to measure on; of more, so many are drawn. Default 2,000, since recall compares all with all; at least 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2.</exception>
    public int MaximumMeasuredPairs
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(MaximumMeasuredPairs), value, "At least 2 pairs are needed.");
    } = 2_000;

    /// <summary>What to follow. Default <see cref="LearningCurveMeasure.CentroidDistance"/> and <see cref="LearningCurveMeasure.MeanRecall"/>.</summary>
    /// <exception cref="ArgumentException">There is none, or two have the same name.</exception>
    public IReadOnlyList<LearningCurveMeasure> Measures
    {
        get;
        init => field = value is { Count: > 0 } && value.Select(measure => measure.Name).Distinct(StringComparer.Ordinal).Count() == value.Count
            ? [.. value]
            : throw new ArgumentException("Give one measure or more, each with a name of its own.", nameof(Measures));
    } = [LearningCurveMeasure.CentroidDistance, LearningCurveMeasure.MeanRecall];

    /// <summary>Seeds which pairs are held out and drawn. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>What to do with pairs of which a row cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>Ends it between two fits, by an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }
}
