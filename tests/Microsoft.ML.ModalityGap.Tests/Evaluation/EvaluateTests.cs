using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

[TestClass]
public partial class EvaluateTests
{
    [TestMethod]
    [DataRow(2, 5)]
    [DataRow(3, 8)]
    [DataRow(150, 13)]
    [DataRow(301, 40)]
    public void Evaluate_AnyShape_EqualsTheDefinitionsInDoubles(int rows, int dimension)
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, rows, dimension);
        var actual = context.ModalityGap().Evaluate(data, "Image", "Text");
        AssertMatches(new NaiveGap(TestEmbeddings.Create(rows, dimension, 1), TestEmbeddings.Create(rows, dimension, 101), dimension), actual);
        Assert.AreEqual(rows, actual.Count);
        Assert.AreEqual(dimension, actual.Dimension);
    }

    [TestMethod]
    [DataRow(30, 13)]
    [DataRow(150, 40)]
    [DataRow(20, 60)]
    [DataRow(99, 512)]
    public void Evaluate_EffectiveRankAndHubness_EqualTheDefinitionsInDoubles(int rows, int dimension)
    {
        var context = new MLContext();
        var actual = context.ModalityGap().Evaluate(TestEmbeddings.CreateDataView(context, rows, dimension), "Image", "Text", new() { HubnessNeighbors = 7 });
        var expected = new NaiveGap(TestEmbeddings.Create(rows, dimension, 1), TestEmbeddings.Create(rows, dimension, 101), dimension);
        Assert.AreEqual(expected.FirstEffectiveRank, actual.FirstEffectiveRank, 1e-4);
        Assert.AreEqual(expected.SecondEffectiveRank, actual.SecondEffectiveRank, 1e-4);
        Assert.HasCount(dimension, actual.FirstSpectrum);
        Assert.AreEqual(Math.Min(rows - 1, dimension), actual.FirstSpectrum.Count(value => value > 0), "at most N − 1 directions");
        Assert.AreEqual(expected.FirstHubness(7), actual.FirstHubness, 1e-9);
        Assert.AreEqual(expected.SecondHubness(7), actual.SecondHubness, 1e-9);
        Assert.AreEqual(7, actual.HubnessNeighbors);
    }

    [TestMethod]
    public void Evaluate_FewRows_TakesAllAsNeighboursWithoutHubs()
    {
        var context = new MLContext();
        var actual = context.ModalityGap().Evaluate(TestEmbeddings.CreateDataView(context, 4, 3), "Image", "Text");
        Assert.AreEqual(4, actual.HubnessNeighbors);
        Assert.AreEqual(0, actual.FirstHubness);
        Assert.IsTrue(actual.FirstEffectiveRank is >= 1 and <= 3);
    }

    [TestMethod]
    public void GetOverlap_SameAndApart_IsOneAndZero()
    {
        var context = new MLContext();
        var catalog = context.ModalityGap();
        var pairs = Enumerable.Range(0, 40).Select(i => new TestEmbeddings.Pair { Image = [1, 0.01f * i], Text = [-1, 0.01f * i] });
        var metrics = catalog.Evaluate(TestEmbeddings.CreateDataView(context, pairs, 2), "Image", "Text", new() { HistogramBinCount = 10 });
        Assert.AreEqual(1, metrics.FirstSimilarities.GetOverlap(metrics.FirstSimilarities), 1e-12);
        Assert.AreEqual(0, metrics.FirstSimilarities.GetOverlap(metrics.MismatchedSimilarities), 1e-12);
        Assert.AreEqual(-0.8, metrics.FirstSimilarities.GetLowerEdge(1), 1e-12);
        Assert.AreEqual(1, metrics.FirstSimilarities.GetLowerEdge(10), 1e-12);
        Assert.ThrowsExactly<ArgumentException>(() => metrics.FirstSimilarities.GetOverlap(catalog.Evaluate(TestEmbeddings.CreateDataView(context, pairs, 2), "Image", "Text").FirstSimilarities));
    }

    [TestMethod]
    public void Evaluate_DuplicateRows_CountsTiesByPosition()
    {
        // Rows 0, 3, 6, ... are the same vector, and so on: of equal scores, those that stand before the partner come first.
        const int Rows = 300;
        var distinct = Enumerable.Range(0, 3).Select(i => TestEmbeddings.Create(1, 11, i)).ToArray();
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, Enumerable.Range(0, Rows).Select(i => new TestEmbeddings.Pair { Image = distinct[i % 3], Text = distinct[i % 3] }), 11);
        var metrics = context.ModalityGap().Evaluate(data, "Image", "Text");
        for (var i = 0; i < Rows; i++)
        {
            Assert.AreEqual(1 + i / 3, metrics.FirstToSecond.Ranks[i], $"row {i}");
            Assert.AreEqual(1 + i / 3, metrics.SecondToFirst.Ranks[i], $"row {i}");
        }

        Assert.AreEqual(3.0 / Rows, metrics.FirstToSecond.RecallAt(1), 1e-12);
        Assert.AreEqual(30.0 / Rows, metrics.FirstToSecond.RecallAt(10), 1e-12);
    }

    [TestMethod]
    public void Evaluate_AllRowsTheSame_YieldsNumbers()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, Enumerable.Range(0, 10).Select(_ => new TestEmbeddings.Pair { Image = [1, 2], Text = [1, 2] }), 2);
        var metrics = context.ModalityGap().Evaluate(data, "Image", "Text");
        Assert.AreEqual(0, metrics.CentroidDistance, 1e-6);
        Assert.AreEqual(0, metrics.Uniformity, 1e-5);
        Assert.IsFalse(double.IsNaN(metrics.RelativeModalityGap));
        Assert.IsNotNull(metrics.LinearSeparability);
    }

    [TestMethod]
    public void Evaluate_SeparatedAndMixedModalities_TellsThemApart()
    {
        var context = new MLContext();
        var random = new Random(4);
        float[] Draw(float shift) => [.. Enumerable.Range(0, 8).Select(d => (float)(random.NextDouble() - 0.5) + (d == 0 ? shift : 0))];
        var apart = TestEmbeddings.CreateDataView(context, Enumerable.Range(0, 400).Select(_ => new TestEmbeddings.Pair { Image = Draw(3), Text = Draw(-3) }), 8);
        var mixed = TestEmbeddings.CreateDataView(context, Enumerable.Range(0, 400).Select(_ => new TestEmbeddings.Pair { Image = Draw(0), Text = Draw(0) }), 8);
        Assert.AreEqual(1, context.ModalityGap().Evaluate(apart, "Image", "Text").LinearSeparability);

        // 400 test rows: four standard errors around chance.
        Assert.AreEqual(0.5, context.ModalityGap().Evaluate(mixed, "Image", "Text").LinearSeparability!.Value, 0.1);
    }

    [TestMethod]
    public void Evaluate_SameSeed_IsTheSame()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, 200, 6);
        var options = new ModalityGapEvaluationOptions { Seed = 3, SeparabilitySampleSize = 50 };
        Assert.AreEqual(
            context.ModalityGap().Evaluate(data, "Image", "Text", options).LinearSeparability, new MLContext().ModalityGap().Evaluate(data, "Image", "Text", options).LinearSeparability);
    }

    [TestMethod]
    public void Evaluate_PeakDimensions_AreTheLargestMeans()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, Enumerable.Range(0, 20).Select(i => new TestEmbeddings.Pair { Image = [0.1f, -9, 1 + i % 2, 4], Text = [1, 1, 2, 0] }), 4);
        var peaks = context.ModalityGap().Evaluate(data, "Image", "Text", new() { PeakDimensionCount = 2 }).PeakDimensions["Image"];
        CollectionAssert.AreEqual(new[] { 1, 3 }, peaks.Select(peak => peak.Dimension).ToArray());
        Assert.IsLessThan(-0.8, peaks[0].Mean);
    }

    [TestMethod]
    public void Evaluate_UnusableRows_ThrowsOrSkipsThePair()
    {
        var context = new MLContext();
        var rows = Enumerable.Range(0, 30).Select(i => new TestEmbeddings.Pair { Image = TestEmbeddings.Create(1, 5, i), Text = TestEmbeddings.Create(1, 5, i + 90) }).ToList();
        rows[12].Text[3] = float.NaN;
        var data = TestEmbeddings.CreateDataView(context, rows, 5);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().Evaluate(data, "Image", "Text")).Message, "Column 'Text', row 12 cannot be used: it holds a NaN at dimension 3");

        var metrics = context.ModalityGap().Evaluate(data, "Image", "Text", new() { UnusableRows = UnusableRows.Skip });
        rows.RemoveAt(12);
        Assert.AreEqual(1, metrics.SkippedCount);
        AssertMatches(new NaiveGap([.. rows.SelectMany(row => row.Image)], [.. rows.SelectMany(row => row.Text)], 5), metrics);
    }

    [TestMethod]
    public void Evaluate_BadInput_SaysWhatIsWrong()
    {
        var context = new MLContext();
        var catalog = context.ModalityGap();
        var data = TestEmbeddings.CreateDataView(context);
        Assert.ThrowsExactly<ArgumentException>(() => catalog.Evaluate(data, "Image", "Image"));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.Evaluate(data, "Image", "Sound")).Message, "'Sound'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.Evaluate(data, "Image", "Modality")).Message, "expected a vector of Single, got String");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.Evaluate(context.Data.TakeRows(data, 1), "Image", "Text")).Message, "1 usable pair;");
        var other = TestEmbeddings.CreateDataView(context, [new TestEmbeddings.Pair { Image = [1, 2], Text = [1, 2, 3] }], 2, variable: true);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.Evaluate(other, "Image", "Text")).Message, "'Image' has 2 dimensions and 'Text' 3");
    }

    [TestMethod]
    [DataRow("clip")]
    [DataRow("clip_random")]
    [DataRow("convirt")]
    [DataRow("convirt_random")]
    [DataRow("videoclip")]
    [DataRow("videoclip_random")]
    [DataRow("clasp")]
    [DataRow("clasp_random")]
    public void Evaluate_RealEmbeddings_EqualsTheDefinitionsBeforeAndAfterCentring(string name)
    {
        var context = new MLContext(seed: 1);
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", $"{name}.npy"), "x", "y");
        var before = context.ModalityGap().Evaluate(data, "x", "y");
        AssertMatches(CreateOracle(data), before);

        var closed = context.Transforms.CenterModalities("x", "y").Fit(data).Transform(data);
        var after = context.ModalityGap().Evaluate(closed, "x", "y");
        AssertMatches(CreateOracle(closed), after);
        Assert.IsLessThan(before.CentroidDistance / 5, after.CentroidDistance, $"{name}: {before.CentroidDistance} -> {after.CentroidDistance}");

        // The map itself, against the formula in doubles.
        var expected = Alignment.CenterModalitiesTests.CenterInDoubles(Alignment.CenterModalitiesTests.ReadRows(data, "x"), normalize: true);
        Alignment.CenterModalitiesTests.AssertRows(expected, Alignment.CenterModalitiesTests.ReadRows(closed, "x"));
    }

    [TestMethod]
    public void Evaluate_ClipBeforeAndAfterCentring_IsWhatThePaperSCodeSees()
    {
        var context = new MLContext(seed: 1);
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var before = context.ModalityGap().Evaluate(data, "Image", "Text");
        var after = context.ModalityGap().Evaluate(context.Transforms.CenterModalities("Image", "Text").Fit(data).Transform(data), "Image", "Text");

        Assert.AreEqual(0.8514, before.CentroidDistance, 0.0005);
        Assert.AreEqual(0.0279, after.CentroidDistance, 0.0005);
        Assert.AreEqual(0.552, before.FirstToSecond.RecallAt(1), 1e-9);
        Assert.AreEqual(0.542, after.FirstToSecond.RecallAt(1), 1e-9);
        Assert.AreEqual(1, before.LinearSeparability);
    }

    private static NaiveGap CreateOracle(IDataView data)
    {
        var rows = Conformance.ColumnValues.Read(data, "x", "y");
        return new NaiveGap([.. rows.SelectMany(row => (float[])row[0])], [.. rows.SelectMany(row => (float[])row[1])], ((VectorDataViewType)data.Schema["x"].Type).Size);
    }

    /// <summary>Measures within 1e-5; ranks equal, but where two cosines differ by less than float can tell.</summary>
    private static void AssertMatches(NaiveGap expected, ModalityGapMetrics actual)
    {
        const double Tolerance = 1e-5;
        Assert.AreEqual(expected.CentroidDistance, actual.CentroidDistance, Tolerance, "centroid distance");
        Assert.AreEqual(expected.MeanPairDistance, actual.MeanPairDistance, Tolerance, "mean pair distance");
        Assert.AreEqual(expected.MeanPairCosine, actual.MeanPairCosine, Tolerance, "mean pair cosine");
        Assert.AreEqual(expected.RelativeModalityGap, actual.RelativeModalityGap, Tolerance, "relative modality gap");
        Assert.AreEqual(expected.Alignment, actual.Alignment, Tolerance, "alignment");
        Assert.AreEqual(expected.Uniformity, actual.Uniformity, Tolerance, "uniformity");
        Assert.AreEqual(expected.CrossModalUniformity, actual.CrossModalUniformity, Tolerance, "cross-modal uniformity");
        AssertHistogram([.. expected.Matched], actual.MatchedSimilarities);
        AssertHistogram([.. expected.Mismatched], actual.MismatchedSimilarities);
        AssertHistogram([.. expected.WithinFirst], actual.FirstSimilarities);
        AssertHistogram([.. expected.WithinSecond], actual.SecondSimilarities);
        AssertRanks(expected.RanksFirstToSecond, actual.FirstToSecond.Ranks);
        AssertRanks(expected.RanksSecondToFirst, actual.SecondToFirst.Ranks);
    }

    /// <summary>Bins equal, but for cosines that lie within float's rounding of an edge.</summary>
    private static void AssertHistogram(double[] cosines, SimilarityHistogram actual)
    {
        var mean = cosines.Average();
        Assert.AreEqual(cosines.Length, actual.PairCount);
        Assert.AreEqual(mean, actual.Mean, 1e-6);
        Assert.AreEqual(Math.Sqrt(cosines.Average(cosine => (cosine - mean) * (cosine - mean))), actual.StandardDeviation, 1e-5);
        Assert.AreEqual(200, actual.Counts.Count);
        Array.Sort(cosines);
        int CountBelow(double cosine)
        {
            var index = Array.BinarySearch(cosines, cosine);
            return index < 0 ? ~index : index;
        }

        for (var bin = 0; bin < actual.Counts.Count; bin++)
        {
            // The outermost bins also hold what float puts a little beyond them.
            var lower = bin == 0 ? -2 : -1 + bin / 100.0;
            var upper = bin == 199 ? 2 : -1 + (bin + 1) / 100.0;
            const double Rounding = 1e-6;
            var surely = CountBelow(upper - Rounding) - CountBelow(lower + Rounding);
            var atMost = CountBelow(upper + Rounding) - CountBelow(lower - Rounding);
            Assert.IsTrue(surely <= actual.Counts[bin] && actual.Counts[bin] <= atMost, $"bin {bin}: {surely} <= {actual.Counts[bin]} <= {atMost}");
        }
    }

    private static void AssertRanks(int[] expected, IReadOnlyList<int> actual)
    {
        Assert.AreEqual(expected.Length, actual.Count);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], Math.Max(1, expected.Length / 200), $"rank of row {i}");
        Assert.IsLessThanOrEqualTo(0.01 * expected.Length + 1, expected.Zip(actual).Count(pair => pair.First != pair.Second), "ranks that differ");
    }
}
