namespace Microsoft.ML.ModalityGap;

/// <summary>What a <see cref="LearningCurve"/> follows: a measure of mapped pairs.</summary>
public sealed class LearningCurveMeasure
{
    private readonly Func<MeasuredPairs, double> _measure;

    /// <summary>A measure of one's own, of all that <see cref="ModalityGapCatalog.Evaluate"/> says. Those below are cheaper, since they compute nothing else.</summary>
    /// <param name="name">What it is called in tables and figures; unlike the others.</param>
    /// <param name="measure">The measure.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <example>
    /// <code>
    /// var rank = new LearningCurveMeasure("effective rank", metrics => metrics.FirstEffectiveRank);
    /// </code>
    /// </example>
    public LearningCurveMeasure(string name, Func<ModalityGapMetrics, double> measure)
        : this(name, pairs => measure(pairs.Metrics))
    {
        ArgumentNullException.ThrowIfNull(measure);
    }

    private LearningCurveMeasure(string name, Func<MeasuredPairs, double> measure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, _measure) = (name, measure);
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary><see cref="ModalityGapMetrics.CentroidDistance"/>: what Table 3 of the I0T paper follows.</summary>
    public static LearningCurveMeasure CentroidDistance { get; } =
        new("centroid distance", pairs => GapMeasures.Distance(pairs.First.Mean, pairs.Second.Mean));

    /// <summary><see cref="ModalityGapMetrics.RelativeModalityGap"/>.</summary>
    public static LearningCurveMeasure RelativeModalityGap { get; } =
        new("relative modality gap", pairs => GapMeasures.RelativeGap(GapMeasures.ComparePairs(pairs.Pairs).MeanCosine, pairs.First, pairs.Second));

    /// <summary><see cref="ModalityGapMetrics.MeanPairCosine"/>.</summary>
    public static LearningCurveMeasure MeanPairCosine { get; } = new("mean pair cosine", pairs => GapMeasures.ComparePairs(pairs.Pairs).MeanCosine);

    /// <summary>Recall@1, the mean of both directions.</summary>
    public static LearningCurveMeasure MeanRecall { get; } = new("recall@1", pairs => pairs.MeanRecall);

    /// <summary>Those above.</summary>
    public static IReadOnlyList<LearningCurveMeasure> All { get; } = [CentroidDistance, RelativeModalityGap, MeanPairCosine, MeanRecall];

    /// <inheritdoc />
    public override string ToString() => Name;

    internal double Measure(MeasuredPairs pairs) => _measure(pairs);
}
