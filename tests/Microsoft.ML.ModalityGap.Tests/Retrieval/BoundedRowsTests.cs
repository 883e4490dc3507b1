namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>What a first pass may drop, against a sort of everything.</summary>
[TestClass]
public sealed class BoundedRowsTests
{
    [TestMethod]
    [DataRow("random", 0.02f)]
    [DataRow("random", 0f)]
    [DataRow("random", 10f)]
    [DataRow("rising", 0.02f)]
    [DataRow("falling", 0.02f)]
    [DataRow("ties", 0.02f)]
    [DataRow("equal", 0.02f)]
    public void Kept_AnyOrderAndSlack_AreAllAboveTheThresholdInTheEnd(string order, float slack)
    {
        foreach (var (rows, k, capacity) in new[] { (5, 10, 136), (136, 10, 136), (137, 10, 136), (3_000, 1, 100), (3_000, 10, 136), (3_000, 40, 256) })
        {
            var scores = Create(order, rows);
            var kept = new BoundedRows(2, k, capacity, weight: 1);
            kept.Start([slack, slack]);
            for (var i = 0; i < rows; i++)
            {
                // As a scan does: what is not above the threshold is not even shown.
                if (scores[i] > kept.GetThreshold(1))
                    kept.Add(1, scores[i], i);
            }

            Check(kept, query: 1, scores, k, slack, $"{order}, {rows} rows, k {k}");
            Assert.AreEqual(0, kept.GetCount(0));
        }
    }

    [TestMethod]
    [DataRow("random")]
    [DataRow("rising")]
    [DataRow("equal")]
    public void Merge_OfRuns_IsBoundedAsOne(string order)
    {
        const int Rows = 4_000;
        const int K = 10;
        const float Slack = 0.02f;
        var scores = Create(order, Rows);
        var merged = new BoundedRows(3, K, 136, weight: 1);
        foreach (var run in (int[])[2, 0, 3, 1])
        {
            var kept = new BoundedRows(1, K, 136, weight: 1);
            kept.Start([Slack]);
            for (var i = run * Rows / 4; i < (run + 1) * Rows / 4; i++)
                kept.Add(0, scores[i], i);
            merged.Merge(kept, firstQuery: 2, count: 1);
        }

        Check(merged, query: 2, scores, K, Slack, order);
    }

    [TestMethod]
    public void Start_ForgetsRowsAndThresholds()
    {
        var kept = new BoundedRows(1, 1, 100, weight: 1);
        kept.Start([0]);
        for (var i = 0; i < 1_000; i++)
            kept.Add(0, i, i);
        Assert.IsGreaterThan(0, kept.GetThreshold(0));
        kept.Start([0]);
        Assert.AreEqual((0, float.NegativeInfinity), (kept.GetCount(0), kept.GetThreshold(0)));
    }

    private static void Check(BoundedRows kept, int query, float[] scores, int k, float slack, string what)
    {
        kept.Sort(query);
        var found = kept.GetPositions(query).ToArray();
        CollectionAssert.AllItemsAreUnique(found, what);
        CollectionAssert.AreEqual(found.Select(position => scores[position]).ToArray(), kept.GetScores(query).ToArray(), what);
        CollectionAssert.AreEqual(kept.GetScores(query).ToArray().OrderDescending().ToArray(), kept.GetScores(query).ToArray(), what);

        // Nothing above the threshold was dropped, and where no half had to go, nothing that the slack leaves open.
        var threshold = kept.GetThreshold(query);
        Assert.AreEqual(scores.Count(score => score > threshold), found.Count(position => scores[position] > threshold), what);
        var least = scores.OrderDescending().ElementAt(Math.Min(k, scores.Length) - 1) - slack;
        if (scores.Count(score => score >= least) <= kept.Capacity / 2)
            Assert.IsLessThanOrEqualTo(least, threshold, what);
    }

    private static float[] Create(string order, int rows)
    {
        var random = new Random(5);
        float[] scores = [.. Enumerable.Range(0, rows).Select(i => order switch
        {
            "ties" => random.Next(20) / 20f,
            "equal" => 0.25f,
            _ => random.NextSingle(),
        })];
        if (order == "rising")
            Array.Sort(scores);
        else if (order == "falling")
            Array.Sort(scores, static (one, other) => other.CompareTo(one));
        return scores;
    }
}
