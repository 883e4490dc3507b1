namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored moments of pairs, in folds.</summary>
internal sealed class PairStatisticsTarget : StoredTarget
{
    internal override string Name => "pair-statistics";

    internal override IReadOnlyList<string> Covers => ["PairStatistics.Load"];

    internal override double Share => 3;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        .. new[] { 1, 3 }.Select(folds => Seeds.Save(PairStatistics.FromRows(Seeds.Rows(Seeds.Count, Seeds.Dimension, 1), Seeds.Dimension, Seeds.Rows(Seeds.Count, 4, 2), 4, folds: folds).Save)),
    ];

    internal override void Read(FuzzInput input)
    {
        var statistics = PairStatistics.Load(input.OpenStream());
        _ = statistics.ToString();
        foreach (var mean in statistics.First.Mean)
        {
            if (!double.IsFinite(mean))
                throw new FuzzFaultException("a mean is not finite");
        }
    }
}
