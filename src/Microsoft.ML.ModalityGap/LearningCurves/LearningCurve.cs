using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures of the gap by the number of pairs a method was fitted on: how many pairs are needed. Made by <see cref="ModalityGapCatalog.ComputeLearningCurve"/>.</summary>
public sealed class LearningCurve
{
    internal LearningCurve()
    {
    }

    /// <summary>The first modality.</summary>
    public required string First { get; init; }

    /// <summary>The second modality.</summary>
    public required string Second { get; init; }

    /// <summary>How many pairs were measured.</summary>
    public required int MeasuredCount { get; init; }

    /// <summary>Whether pairs measured were among those fitted on, as in Table 3 of the I0T paper.</summary>
    public required bool MeasuresFittedPairs { get; init; }

    /// <summary>The names of the measures.</summary>
    public required IReadOnlyList<string> Measures { get; init; }

    /// <summary>Per measure its value without any map.</summary>
    public required IReadOnlyList<double> Raw { get; init; }

    /// <summary>The points, the fewest pairs first.</summary>
    public required IReadOnlyList<LearningCurvePoint> Points { get; init; }

    /// <summary>The means of a measure, point by point.</summary>
    /// <exception cref="ArgumentException">There is no such measure; the message names those there are.</exception>
    public IReadOnlyList<double> GetMeans(string measure)
    {
        for (var i = 0; i < Measures.Count; i++)
        {
            if (Measures[i] == measure)
                return [.. Points.Select(point => point.Means[i])];
        }

        throw new ArgumentException($"The curve has no measure '{measure}'. It has '{string.Join("', '", Measures)}'.", nameof(measure));
    }

    /// <summary>The points as a table, with what was measured.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        DescribePairs(),
        PlainTable.Format(
            ["fitted on", .. Measures],
            [
                ["nothing (raw)", .. Raw.Select(Format)],
                .. Points.Select(point => (IReadOnlyList<string>)
                [
                    string.Create(CultureInfo.InvariantCulture, $"{point.PairCount} pairs"),
                    .. point.Means.Zip(point.StandardDeviations, (mean, deviation) => point.Draws > 1 ? $"{Format(mean)} ± {Format(deviation)}" : Format(mean)),
                ]),
            ]));

    /// <summary>What was measured, in a sentence.</summary>
    internal string DescribePairs() => string.Create(
        CultureInfo.InvariantCulture,
        $"{First} and {Second}, measured on {MeasuredCount} pairs, {(MeasuresFittedPairs ? "those fitted on among them" : "none of which was fitted on")}; mean ± standard deviation over the draws");

    private static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
