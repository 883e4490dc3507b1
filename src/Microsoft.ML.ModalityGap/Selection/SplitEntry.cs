namespace Microsoft.ML.ModalityGap;

/// <summary>What a method came to on the halves of many splits that it was not fitted on.</summary>
internal sealed class SplitEntry(string name)
{
    private readonly List<double[]> _samples = [];
    private readonly List<string> _chosen = [];

    internal string Name => name;

    internal SplitMean Gap => Summarize(0);

    internal SplitMean FirstToSecond => Summarize(1);

    internal SplitMean SecondToFirst => Summarize(2);

    internal SplitMean MeanRecall => Summarize(3);

    /// <summary>Of the mean recall against the raw embeddings', split by split.</summary>
    internal SplitMean RecallGain => Summarize(4);

    internal SplitMean MixedNdcg => Summarize(5);

    /// <summary>The other modality's share of the first ten in that gallery.</summary>
    internal SplitMean OtherShare => Summarize(6);

    /// <summary>Whether two-sided galleries were measured.</summary>
    internal bool HasTwoSided => !double.IsNaN(_samples[0][7]);

    internal SplitMean TwoSidedNdcg => Summarize(7);

    internal SplitMean TwoSidedRecall => Summarize(8);

    /// <summary>The share of the modality that does not ask of the first ten in two-sided galleries.</summary>
    internal SplitMean TwoSidedShare => Summarize(9);

    /// <summary>What Select recommended, and how often.</summary>
    internal IReadOnlyList<(string Name, int Count)> Chosen =>
        [.. _chosen.GroupBy(entry => entry).Select(group => (group.Key, group.Count())).OrderByDescending(entry => entry.Item2).ThenBy(entry => entry.Key, StringComparer.Ordinal)];

    internal void Add(PairMeasures measured, PairMeasures raw, string? chosen)
    {
        static double Mean(PairMeasures measures, PairMeasure measure) => measures.Average(measure) ?? double.NaN;
        var (first, second) = (Mean(measured, PairMeasure.FirstHit), Mean(measured, PairMeasure.SecondHit));
        _samples.Add(
        [
            measured.Gap,
            first,
            second,
            (first + second) / 2,
            (first + second - Mean(raw, PairMeasure.FirstHit) - Mean(raw, PairMeasure.SecondHit)) / 2,
            Mean(measured, PairMeasure.MixedNdcg),
            Mean(measured, PairMeasure.OtherShare),
            Mean(measured, PairMeasure.TwoSidedNdcg),
            Mean(measured, PairMeasure.TwoSidedRecall),
            Mean(measured, PairMeasure.TwoSidedShare),
        ]);
        if (chosen is not null)
            _chosen.Add(chosen);
    }

    private SplitMean Summarize(int measure)
    {
        var values = _samples.Select(sample => sample[measure]).ToArray();
        var mean = values.Average();
        return new SplitMean(mean, values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / (values.Length - 1) / values.Length));
    }
}
