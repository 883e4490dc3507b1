using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The gap and recall for many λ of <see cref="ShiftModalitiesEstimator"/>: the experiment of Mind the Gap.</summary>
public sealed class ShiftSweep
{
    internal ShiftSweep(string first, string second, IReadOnlyList<ShiftSweepPoint> points)
    {
        First = first;
        Second = second;
        Points = points;
    }

    /// <summary>The first modality.</summary>
    public string First { get; }

    /// <summary>The second modality.</summary>
    public string Second { get; }

    /// <summary>What was measured, in the order of λ.</summary>
    public IReadOnlyList<ShiftSweepPoint> Points { get; }

    /// <summary>The λ with the highest mean recall@1.</summary>
    public ShiftSweepPoint Best => Points.MaxBy(point => point.FirstToSecond + point.SecondToFirst)!;

    /// <inheritdoc />
    public override string ToString() => PlainTable.Format(
        ["lambda", "gap", $"{First}->{Second}", $"{Second}->{First}", "mixed NDCG@10"],
        Points.Select(point => new[] { point.Lambda.ToString("0.###", CultureInfo.InvariantCulture), Format(point.Gap), Format(point.FirstToSecond), Format(point.SecondToFirst), Format(point.MixedNdcg) }));

    private static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
