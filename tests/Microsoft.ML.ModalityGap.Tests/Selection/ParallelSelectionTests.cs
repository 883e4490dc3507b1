using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Selection;

/// <summary>How many parts and splits are measured at a time is nobody's business but the clock's.</summary>
[TestClass]
public class ParallelSelectionTests
{
    private static readonly int[] _degrees = [1, 2, 5];

    private readonly IHost _host = ((IHostEnvironment)new MLContext(seed: 1)).Register("test");

    [TestMethod]
    [DataRow(16)] // fewer dimensions than pairs that are fitted on
    [DataRow(40)] // more of them
    public void Select_AnyDegreeOfParallelism_GivesTheSameBits(int dimension)
    {
        var set = CreatePairs(dimension);
        var options = new SelectionOptions { Repeats = 2, BootstrapSamples = 100 };
        string[] results = [.. _degrees.Select(degree =>
        {
            var result = new Selector(_host, "Image", "Text", options, degree).Select(set, 0);
            return string.Join('\n', result.Entries.Select(Describe).Prepend(string.Create(CultureInfo.InvariantCulture, $"{result.Recommended.Name} {result.Reason} {result.Confidence:R}")));
        })];
        foreach (var result in results)
            Assert.AreEqual(results[0], result);
    }

    [TestMethod]
    public void Compare_AnyDegreeOfParallelism_GivesTheSameBits()
    {
        var set = CreatePairs(dimension: 16);
        string[] results = [.. _degrees.Select(degree => string.Join('\n', SplitComparison.Run(_host, set, [("select", SelectionOptions.Default)], splits: 3, degree).Select(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Name} {entry.Gap} {entry.FirstToSecond} {entry.SecondToFirst} {entry.MixedNdcg} {entry.OtherShare} {string.Join(',', entry.Chosen)}"))))];
        foreach (var result in results)
            Assert.AreEqual(results[0], result);
    }

    [TestMethod]
    public void Select_CancelledMidway_ThrowsThatAndNothingAroundIt()
    {
        var set = CreatePairs(dimension: 16);
        foreach (var degree in _degrees)
        {
            using var source = new CancellationTokenSource();
            var options = new SelectionOptions { Repeats = 2, BootstrapSamples = 100, CancellationToken = source.Token, Progress = new CancelLater(source) };
            Assert.ThrowsExactly<OperationCanceledException>(() => new Selector(_host, "Image", "Text", options, degree).Select(set, 0));
            using var early = new CancellationTokenSource();
            early.Cancel();
            Assert.ThrowsExactly<OperationCanceledException>(() => SplitComparison.Run(_host, set, [], splits: 3, degree, early.Token));
        }
    }

    [TestMethod]
    public void Select_RowsThatAreAllTheSame_SaysSoWhateverTheDegree()
    {
        var set = CreatePairs(dimension: 40);
        Array.Clear(set.GetRows(1));
        for (var row = 0; row < set.Count(1); row++)
            set.GetRows(1)[row * 40] = 1;
        string[] messages = [.. _degrees.Select(degree => Assert.ThrowsExactly<InvalidDataException>(() =>
            new Selector(_host, "Image", "Text", new SelectionOptions { Repeats = 2, BootstrapSamples = 100 }, degree).Select(set, 0)).Message)];
        Assert.HasCount(1, messages.Distinct());
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SplitComparison.Run(_host, set, [], splits: 3, 2)).Message, "rows");
    }

    private static PairSet CreatePairs(int dimension)
    {
        var pairs = PairedEmbeddings.Create(rows: 60, imageDimension: dimension, textDimension: dimension, noise: 0.8, seed: 4);
        return PairSet.OfPairs(Flatten(pairs.UnitImage), Flatten(pairs.UnitText), dimension);
    }

    private static string Describe(SelectionEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Name} {entry.Gap:R} {entry.GapError:R} {Describe(entry.FirstToSecond)} {Describe(entry.SecondToFirst)} {Describe(entry.ReciprocalRank)} {Describe(entry.MixedNdcg)} {entry.OtherShare:R} {entry.LossProbability:R} {entry.Score:R}");

    private static string Describe(ConfidenceInterval interval) => string.Create(CultureInfo.InvariantCulture, $"{interval.Value:R} [{interval.Lower:R}, {interval.Upper:R}]");

    private static float[] Flatten(double[][] rows) => [.. rows.SelectMany(row => row.Select(x => (float)x))];

    /// <summary>Cancels when a third is done.</summary>
    private sealed class CancelLater(CancellationTokenSource source) : IProgress<double>
    {
        public void Report(double value)
        {
            if (value > 1.0 / 3)
                source.Cancel();
        }
    }
}
