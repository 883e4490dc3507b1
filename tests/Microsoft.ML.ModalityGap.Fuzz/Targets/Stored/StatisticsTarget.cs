namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored moments of a modality.</summary>
internal sealed class StatisticsTarget : StoredTarget
{
    internal override string Name => "statistics";

    internal override IReadOnlyList<string> Covers => ["ModalityStatistics.Load"];

    internal override double Share => 4;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        .. Enum.GetValues<ModalityMoments>().Select(moments =>
            Seeds.Save(ModalityStatistics.FromRows(Seeds.Rows(Seeds.Count, Seeds.Dimension, 1), Seeds.Dimension, new ModalityStatisticsOptions { Moments = moments }).Save)),
    ];

    internal override void Read(FuzzInput input)
    {
        var statistics = ModalityStatistics.Load(input.OpenStream());
        _ = statistics.ToString();
        foreach (var mean in statistics.Mean)
        {
            if (!double.IsFinite(mean))
                throw new FuzzFaultException("a mean is not finite");
        }
    }
}
