namespace Microsoft.ML.ModalityGap.Tests.Statistics;

[TestClass]
public class ModalityStatisticsTests
{
    private static readonly ModalityMoments[] _allMoments = Enum.GetValues<ModalityMoments>();

    [TestMethod]
    [DataRow(1, 5, true)]
    [DataRow(2, 8, true)]
    [DataRow(7, 33, false)]
    [DataRow(500, 33, true)]
    [DataRow(500, 19, false)]
    [DataRow(3000, 64, true)]
    public void FromRows_AnyShape_EqualsTheDefinitionInDoubles(int rows, int dimension, bool normalize)
    {
        var values = TestEmbeddings.Create(rows, dimension, seed: rows);
        var oracle = NaiveMoments.Compute(values, dimension, normalize);
        foreach (var moments in _allMoments)
            AssertMatches(oracle, ModalityStatistics.FromRows(values, dimension, new() { Normalize = normalize, Moments = moments }));
    }

    [TestMethod]
    public void FromRows_FarFromTheOrigin_KeepsTheVariance()
    {
        // A mean 10,000 times the spread: sums of plain squares in float would lose the variance entirely.
        var values = TestEmbeddings.Create(2000, 16, seed: 5).Select(x => 1000 + x * 0.1f).ToArray();
        var oracle = NaiveMoments.Compute(values, 16, normalize: false);
        foreach (var moments in new[] { ModalityMoments.Variance, ModalityMoments.Covariance })
            AssertMatches(oracle, ModalityStatistics.FromRows(values, 16, new() { Normalize = false, Moments = moments }));
    }

    [TestMethod]
    public void FromRows_AnyNumberOfThreads_IsBitForBitTheSame()
    {
        var values = TestEmbeddings.Create(200_000, 16, seed: 6);
        foreach (var moments in _allMoments)
        {
            var one = ModalityStatistics.FromRows(values, 16, new() { Moments = moments }, maxDegreeOfParallelism: 1);
            var many = ModalityStatistics.FromRows(values, 16, new() { Moments = moments }, maxDegreeOfParallelism: 4);
            Assert.IsTrue(one.Mean.SequenceEqual(many.Mean), $"{moments}");
            Assert.AreEqual(one.TotalVariance, many.TotalVariance, $"{moments}");
        }
    }

    [TestMethod]
    public void Merge_Parts_EqualsTheWhole()
    {
        const int Dimension = 21;
        var values = TestEmbeddings.Create(1000, Dimension, seed: 7);
        foreach (var moments in _allMoments)
        {
            var options = new ModalityStatisticsOptions { Moments = moments };
            int[] cuts = [0, 1, 3, 400, 999, 1000];
            var parts = cuts.Zip(cuts.Skip(1)).Select(part => ModalityStatistics.FromRows(values.AsSpan(part.First * Dimension, (part.Second - part.First) * Dimension), Dimension, options));
            AssertMatches(NaiveMoments.Compute(values, Dimension, normalize: true), ModalityStatistics.Merge(parts));
        }
    }

    [TestMethod]
    public void Merge_DifferentMoments_KeepsWhatAllHave()
    {
        var values = TestEmbeddings.Create(50, 4, seed: 8);
        var merged = ModalityStatistics.Merge(
            ModalityStatistics.FromRows(values, 4, new() { Moments = ModalityMoments.Covariance }), ModalityStatistics.FromRows(values, 4, new() { Moments = ModalityMoments.Variance }));
        Assert.AreEqual(ModalityMoments.Variance, merged.Moments);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => merged.GetCovariances()).Message, "Moments = Covariance");
    }

    [TestMethod]
    public void Merge_PartsThatDoNotFit_SaysWhy()
    {
        var normalized = ModalityStatistics.FromRows(TestEmbeddings.Create(5, 4, 1), 4);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => ModalityStatistics.Merge(normalized, ModalityStatistics.FromRows(TestEmbeddings.Create(5, 3, 1), 3))).Message, "4 and of 3");
        Assert.ThrowsExactly<ArgumentException>(() => ModalityStatistics.Merge(normalized, ModalityStatistics.FromRows(TestEmbeddings.Create(5, 4, 1), 4, new() { Normalize = false })));
        Assert.ThrowsExactly<ArgumentException>(() => ModalityStatistics.Merge());
    }

    [TestMethod]
    public void SaveLoad_EveryLevel_IsEqual()
    {
        foreach (var moments in _allMoments)
        {
            var statistics = ModalityStatistics.FromRows(TestEmbeddings.Create(40, 9, 2), 9, new() { Moments = moments });
            using var stream = new MemoryStream();
            statistics.Save(stream);
            stream.Position = 0;
            var loaded = ModalityStatistics.Load(stream);
            Assert.AreEqual(statistics.Count, loaded.Count);
            Assert.AreEqual(moments, loaded.Moments);
            Assert.IsTrue(statistics.Mean.SequenceEqual(loaded.Mean));
            Assert.AreEqual(statistics.TotalVariance, loaded.TotalVariance);
            if (moments == ModalityMoments.Covariance)
                CollectionAssert.AreEqual(statistics.GetCovariances(), loaded.GetCovariances());
            foreach (var (what, damaged) in Damage.Cut(stream.ToArray(), 7).Concat(Damage.Flip(stream.ToArray(), 3)))
                Assert.IsTrue(Damage.IsRefused(damaged, content => ModalityStatistics.Load(content), what, allowedBytes: 4 << 20), what);
        }
    }

    [TestMethod]
    [DataRow(float.NaN, "a NaN at dimension 2")]
    [DataRow(float.PositiveInfinity, "an infinity at dimension 2")]
    public void FromRows_UnusableRow_NamesTheRowAndWhatItHolds(float value, string what)
    {
        var values = TestEmbeddings.Create(3000, 600, seed: 9);
        values[2777 * 600 + 2] = value;
        values[2900 * 600 + 2] = value;
        foreach (var moments in _allMoments)
        {
            var exception = Assert.ThrowsExactly<InvalidDataException>(() => ModalityStatistics.FromRows(values, 600, new() { Moments = moments }));
            StringAssert.Contains(exception.Message, $"Row 2777 cannot be used: it holds {what}");
        }
    }

    [TestMethod]
    public void FromRows_Skip_EqualsTheRowsThatAreLeft()
    {
        const int Dimension = 6;
        var values = TestEmbeddings.Create(103, Dimension, seed: 10);
        values[17 * Dimension] = float.NaN;
        values.AsSpan(50 * Dimension, Dimension).Clear();
        values[102 * Dimension + 5] = float.NegativeInfinity;
        var kept = Enumerable.Range(0, 103).Where(row => row is not (17 or 50 or 102)).SelectMany(row => values[(row * Dimension)..((row + 1) * Dimension)]).ToArray();
        foreach (var moments in _allMoments)
        {
            var statistics = ModalityStatistics.FromRows(values, Dimension, new() { Moments = moments, UnusableRows = UnusableRows.Skip });
            Assert.AreEqual(3, statistics.SkippedCount);
            AssertMatches(NaiveMoments.Compute(kept, Dimension, normalize: true), statistics);
        }
    }

    [TestMethod]
    public void FromRows_ZeroRow_IsUsableOnlyUnnormalized()
    {
        float[] values = [1, 2, 0, 0];
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityStatistics.FromRows(values, 2)).Message, "Row 1 cannot be used: it holds a zero vector");
        Assert.AreEqual(2, ModalityStatistics.FromRows(values, 2, new() { Normalize = false }).Count);
    }

    [TestMethod]
    public void FromRows_TinyAndHugeRows_AreNormalizedToo()
    {
        var values = TestEmbeddings.Create(8, 5, seed: 11);
        var scaled = values.Select((x, i) => x * (i / 5 % 2 == 0 ? 1e-25f : 1e25f)).ToArray();
        AssertMatches(NaiveMoments.Compute(values, 5, normalize: true), ModalityStatistics.FromRows(scaled, 5, new() { Moments = ModalityMoments.Variance }));
    }

    [TestMethod]
    public void FromRows_NoUsableRow_Throws()
    {
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityStatistics.FromRows([], 4)).Message, "no rows");
        var skipped = Assert.ThrowsExactly<InvalidDataException>(() => ModalityStatistics.FromRows(new float[8], 4, new() { UnusableRows = UnusableRows.Skip }));
        StringAssert.Contains(skipped.Message, "all 2 had to be left out");
    }

    /// <summary>Means within 1e-7, variances and covariances within 1e-6 of the total variance: what float inputs leave of double sums.</summary>
    internal static void AssertMatches(NaiveMoments oracle, ModalityStatistics actual)
    {
        Assert.AreEqual(oracle.Count, actual.Count);
        var size = oracle.Mean.Max(Math.Abs);
        for (var d = 0; d < oracle.Mean.Length; d++)
            Assert.AreEqual(oracle.Mean[d], actual.Mean[d], 1e-7 * Math.Max(1, size), $"mean {d}");

        var total = oracle.Variance.Sum();
        var tolerance = 1e-6 * total + 1e-12;
        Assert.AreEqual(total, actual.TotalVariance, actual.Moments == ModalityMoments.Mean ? 1e-6 * (total + oracle.Mean.Sum(x => x * x)) : tolerance, $"{actual.Moments}: total variance");
        if (actual.Moments >= ModalityMoments.Variance)
        {
            for (var d = 0; d < oracle.Mean.Length; d++)
                Assert.AreEqual(oracle.Variance[d], actual.GetVariance(d), tolerance, $"variance {d}");
        }

        if (actual.Moments == ModalityMoments.Covariance)
        {
            for (var i = 0; i < oracle.Mean.Length; i++)
            {
                for (var j = 0; j < oracle.Mean.Length; j++)
                    Assert.AreEqual(oracle.GetCovariance(i, j), actual.GetCovariance(i, j), tolerance, $"covariance {i}, {j}");
            }
        }
    }
}
