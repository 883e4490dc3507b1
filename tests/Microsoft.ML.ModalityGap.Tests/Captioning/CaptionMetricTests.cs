namespace Microsoft.ML.ModalityGap.Tests.Captioning;

[TestClass]
public class CaptionMetricTests
{
    private static readonly MLContext _ml = new(seed: 1);

    /// <summary>
    /// Golden numbers of scipy 1.10.1 (Debian's python3-scipy): scipy.stats.kendalltau with variant 'b' and 'c', spearmanr, pearsonr, on lists that the same
    /// integer arithmetic makes in Python. All but the second have ties in both lists.
    /// </summary>
    [TestMethod]
    public void Correlations_ListsWithManyTies_EqualScipy()
    {
        Check(500, i => (i * 7919 + 13) % 11, i => ((i * i * 31 + 7 * i) % 5) + ((i * 7919 + 13) % 11 / 3), 0.418516236103437, 0.42295771428571427, 0.5033935378326355, 0.5216255422054629);
        Check(300, i => i * 37 % 300, i => (i * 37 % 300 / 40) + (i * i % 4), 0.8731273089155971, 0.91875, 0.9692400901179232, 0.9672830807352717);
        Check(
            12, i => new[] { 12, 2, 1, 12, 2, 3, 3, 1, 7, 7, 12, 5 }[i], i => new[] { 1, 4, 7, 1, 0, 2, 2, 9, 1, 3, 0, 4 }[i], -0.5546414324985719, -0.55, -0.6427299406774213, -0.611698990084979);
        Check(1000, i => -(i * 271 % 1000) / 7.0, i => i * 271 % 1000 / 250, -0.8664587415167273, -1, -0.9682463206751355, -0.9682463206751354);
        Check(5, i => new[] { 12, 2, 1, 12, 2 }[i], i => new[] { 1, 4, 7, 1, 0 }[i], -0.4714045207910316, -0.48, -0.5407380704358752, -0.5566399985665696);
    }

    [TestMethod]
    public void Correlations_RandomLists_EqualTheCountOverAllPairs()
    {
        var random = new Random(5);
        for (var round = 0; round < 40; round++)
        {
            var n = 2 + random.Next(60);
            var (x, y) = (new double[n], new double[n]);
            for (var i = 0; i < n; i++)
                (x[i], y[i]) = (random.Next(1 + round), random.Next(1 + round / 2));
            long concordant = 0, discordant = 0, tiedX = 0, tiedY = 0;
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var order = Math.Sign(x[i] - x[j]) * Math.Sign(y[i] - y[j]);
                    concordant += order > 0 ? 1 : 0;
                    discordant += order < 0 ? 1 : 0;
                    tiedX += x[i] == x[j] ? 1 : 0;
                    tiedY += y[i] == y[j] ? 1 : 0;
                }
            }

            var counts = RankCorrelation.CountPairs(x, y);
            Assert.AreEqual(new RankCorrelation.PairCounts(n, concordant, discordant, tiedX, tiedY, Math.Min(x.Distinct().Count(), y.Distinct().Count())), counts);
        }
    }

    [TestMethod]
    public void KendallTau_TwoHundredThousandRows_TakesNoTimeToSpeakOf()
    {
        // All pairs would be 2·10^10; a sort is not. The count is known: y falls as x rises.
        var x = Enumerable.Range(0, 200_000).Select(i => (double)i).ToArray();
        Assert.AreEqual(-1, RankCorrelation.CountPairs(x, Array.ConvertAll(x, value => -value)).TauB, 1e-12);
    }

    [TestMethod]
    public void Ratings_OfSeveralJudges_ArePairsOfTheirOwn()
    {
        var rows = new[] { new Rated(0.3, 2, [1f, 2f, 2f]), new Rated(0.5, 3, [3f, 2f, 4f]), new Rated(0.1, 1, [1f, 1f, 2f]) };
        var wide = _ml.ModalityGap().EvaluateCaptionMetric(_ml.Data.LoadFromEnumerable(rows), "Score", "Ratings");
        var flat = _ml.ModalityGap().EvaluateCaptionMetric(
            _ml.Data.LoadFromEnumerable(rows.SelectMany(row => row.Ratings.Select(rating => new Rated(row.Score, rating, [])))), "Score", "Rating");
        Assert.AreEqual(9, wide.Count);
        Assert.AreEqual(flat.KendallTauB, wide.KendallTauB);
        Assert.AreEqual(flat.Pearson, wide.Pearson);
    }

    /// <summary>Flickr8k-Expert has three ratings a caption; averaged, a caption is one pair.</summary>
    [TestMethod]
    public void Ratings_Averaged_AreOnePairPerCaption()
    {
        var rows = new[] { new Rated(0.3, 0, [1f, 2f, 2f]), new Rated(0.5, 0, [3f, 2f, 4f]), new Rated(0.1, 0, [1f, 1f, 2f]), new Rated(0.2, 0, [4f]) };
        var averaged = _ml.ModalityGap().EvaluateCaptionMetric(_ml.Data.LoadFromEnumerable(rows), "Score", "Ratings", CaptionRatings.Mean);
        var flat = _ml.ModalityGap().EvaluateCaptionMetric(_ml.Data.LoadFromEnumerable(rows.Select(row => new Rated(row.Score, row.Ratings.Average(), []))), "Score", "Rating");
        Assert.AreEqual(4, averaged.Count);
        Assert.AreEqual(flat.KendallTauC, averaged.KendallTauC);
        Assert.AreEqual(flat.Pearson, averaged.Pearson, 1e-6);
        Assert.AreEqual(10, _ml.ModalityGap().EvaluateCaptionMetric(_ml.Data.LoadFromEnumerable(rows), "Score", "Ratings").Count);
    }

    [TestMethod]
    public void Correlation_OfWhatDoesNotVaryOrIsNoNumber_IsRefused()
    {
        Check("Every row has the value 3 in 'Rating'", [new Rated(1, 3, []), new Rated(2, 3, [])]);
        Check("needs at least 2", [new Rated(1, 3, [])]);
        Check("row 1, holds NaN", [new Rated(1, 3, []), new Rated(double.NaN, 4, [])]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.ModalityGap().EvaluateCaptionMetric(_ml.Data.LoadFromEnumerable(new[] { new Rated(1, 3, []) }), "Ratings", "Rating"));

        static void Check(string message, Rated[] rows) => Assert.Contains(
            message, Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().EvaluateCaptionMetric(_ml.Data.LoadFromEnumerable(rows), "Score", "Rating")).Message);
    }

    [TestMethod]
    public void Preferences_ByCategory_CountTiesHalf()
    {
        var rows = new[]
        {
            new Compared(0.9, 0.1, 1, "HC"), new Compared(0.9, 0.1, -3, "HC"), new Compared(0.5, 0.5, 1, "HC"), new Compared(0.2, 0.6, -1, "MM"), new Compared(0.7, 0.6, 20, "MM"),
        };
        var result = _ml.ModalityGap().EvaluateCaptionPreferences(_ml.Data.LoadFromEnumerable(rows), "First", "Second", "Votes", "Category");
        Assert.AreEqual(new PairwiseAccuracy("", 5, 3.5 / 5, 1), result.All);
        CollectionAssert.AreEqual(new[] { new PairwiseAccuracy("HC", 3, 0.5, 1), new PairwiseAccuracy("MM", 2, 1, 0) }, result.Categories.ToArray());
        Assert.AreEqual(0.75, result.Mean);

        var draw = _ml.Data.LoadFromEnumerable(new[] { new Compared(0.9, 0.1, 0, "HC") });
        Assert.Contains("prefers neither", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().EvaluateCaptionPreferences(draw, "First", "Second", "Votes")).Message);
    }

    private static void Check(int count, Func<int, double> x, Func<int, double> y, double tauB, double tauC, double spearman, double pearson)
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Rated(x(i), y(i), [])));
        var result = _ml.ModalityGap().EvaluateCaptionMetric(data, "Score", "Rating");
        Assert.AreEqual(count, result.Count);
        Assert.AreEqual(tauB, result.KendallTauB, 1e-12);
        Assert.AreEqual(tauC, result.KendallTauC, 1e-12);
        Assert.AreEqual(spearman, result.Spearman, 1e-12);
        Assert.AreEqual(pearson, result.Pearson, 1e-12);
    }

    private sealed record Rated(double Score, double Rating, float[] Ratings);

    private sealed record Compared(double First, double Second, int Votes, string Category);
}
