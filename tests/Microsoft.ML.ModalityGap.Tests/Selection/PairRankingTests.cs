using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Selection;

/// <summary>Measures by items against loops over all rows.</summary>
[TestClass]
public class PairRankingTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Measure_Items_EqualsTheDefinitions(int textsPerItem)
    {
        var set = CreateSet(items: 24, textsPerItem, out _);
        var scores = new PairScores(set);
        var measures = PairRanking.Measure(set, scores.ToViews(), seed: 2);
        int[][] items = [set.GetItems(0), set.GetItems(1)];
        double Score(int side, int row, int other, int place) => scores.GetHeld(side, other)[row * set.Count(other) + place];
        for (var item = 0; item < 24; item++)
        {
            var (hits, reciprocal, ndcg, share) = (new double[2], 0.0, 0.0, 0.0);
            for (var side = 0; side < 2; side++)
            {
                var queries = Enumerable.Range(0, set.Count(side)).Where(row => items[side][row] == item).ToArray();
                foreach (var query in queries)
                {
                    var best = Enumerable.Range(0, set.Count(1 - side)).Where(row => items[1 - side][row] == item).Max(row => Score(side, query, 1 - side, row));
                    var others = Enumerable.Range(0, set.Count(1 - side)).Where(row => items[1 - side][row] != item).Select(row => Score(side, query, 1 - side, row)).ToArray();
                    var own = Enumerable.Range(0, set.Count(side)).Where(row => items[side][row] != item).Select(row => Score(side, query, side, row)).ToArray();
                    var rank = 1 + others.Count(score => score > best);
                    var mixed = rank + own.Count(score => score > best);
                    hits[side] += rank == 1 ? 1.0 / queries.Length : 0;
                    reciprocal += 0.5 / rank / queries.Length;
                    ndcg += mixed <= 10 ? 0.5 / Math.Log2(mixed + 1) / queries.Length : 0;
                    var all = Enumerable.Range(0, set.Count(1 - side)).Select(row => (Score: Score(side, query, 1 - side, row), IsOther: true)).Concat(own.Select(score => (Score: score, IsOther: false)));
                    share += all.OrderByDescending(entry => entry.Score).Take(10).Count(entry => entry.IsOther) / 20.0 / queries.Length;
                }
            }

            Assert.AreEqual(hits[0], measures[PairMeasure.FirstHit][item], 1e-12);
            Assert.AreEqual(hits[1], measures[PairMeasure.SecondHit][item], 1e-12);
            Assert.AreEqual(reciprocal, measures[PairMeasure.ReciprocalRank][item], 1e-12);
            Assert.AreEqual(ndcg, measures[PairMeasure.MixedNdcg][item], 1e-12);
            Assert.AreEqual(share, measures[PairMeasure.OtherShare][item], 1e-12);
        }

        Assert.AreEqual(textsPerItem > 1, measures.Has(PairMeasure.TwoSidedNdcg));
    }

    [TestMethod]
    public void Measure_PuttingOneModalityFirstBlindly_RaisesOneSidedNdcgOnly()
    {
        // What the one-sided measure cannot see: everything of the other modality first.
        var set = CreateSet(items: 40, textsPerItem: 4, out _);
        var scores = new PairScores(set);
        PairMeasures Measure(float crossBonus)
        {
            var views = Enumerable.Range(0, 2).Select(query => Enumerable.Range(0, 2).Select(gallery =>
                new ScoreView(scores.GetHeld(query, gallery), set.Count(gallery), 1, [.. Enumerable.Repeat(query == gallery ? 0f : -crossBonus, set.Count(gallery))])).ToArray()).ToArray();
            return PairRanking.Measure(set, views, seed: 1);
        }

        var (fair, blind) = (Measure(0), Measure(3));
        Assert.IsGreaterThan(fair.Average(PairMeasure.MixedNdcg)!.Value, blind.Average(PairMeasure.MixedNdcg)!.Value);
        Assert.AreEqual(1, blind.Average(PairMeasure.OtherShare)!.Value, 1e-12);
        Assert.IsGreaterThan(0.9, blind.Average(PairMeasure.TwoSidedShare)!.Value);
        Assert.IsLessThan(fair.Average(PairMeasure.TwoSidedNdcg)!.Value - 0.1, blind.Average(PairMeasure.TwoSidedNdcg)!.Value);
    }

    [TestMethod]
    public void TwoSidedDraw_Items_ShowsHalfByEitherModalityAndNeverTheQuery()
    {
        int[][] asking = [[0, 1], [2, 3, 4], [5, 6], [7, 8], [9, 10], [11]], other = [[0], [1, 2], [3], [4], [5], [6]];
        for (var seed = 0; seed < 20; seed++)
        {
            var draw = TwoSidedDraw.Create(asking, other, seed);
            Assert.AreEqual(3, draw.IsShownAsOther.Count(shown => shown));
            Assert.IsTrue(draw.IsShownAsOther[5]); // a single row can only ask
            for (var item = 0; item < draw.Shown.Length; item++)
            {
                CollectionAssert.Contains(asking[item], draw.Queries[item]);
                CollectionAssert.Contains(draw.IsShownAsOther[item] ? other[item] : asking[item], draw.Shown[item]);
                Assert.IsTrue(draw.IsShownAsOther[item] || draw.Shown[item] != draw.Queries[item]);
            }
        }
    }

    [TestMethod]
    public void EvaluateTwoSidedRetrieval_Items_EqualsARankingByHand()
    {
        var (images, texts, relevance) = ItemEmbeddings.Create(_context, items: 20, textsPerItem: 2, gap: 0);
        var metrics = _context.ModalityGap().EvaluateTwoSidedRetrieval(images, "Image", texts, "Text", relevance, new() { Seed = 4 });
        var rows = ItemRows.Load(((IHostEnvironment)_context).Register("test"), images, "Image", texts, "Text", relevance, UnusableRows.Throw, normalize: true);
        var ids = rows.Second.Ids!.Distinct().ToArray();
        int[] Find(string[] all, string id) => [.. Enumerable.Range(0, all.Length).Where(row => all[row] == id)];
        var draw = TwoSidedDraw.Create([.. ids.Select(id => Find(rows.Second.Ids!, id))], [.. ids.Select(id => Find(rows.First.Ids!, id))], 4);
        double Score(int query, int item) => Enumerable.Range(0, 8).Sum(d =>
            (double)rows.Second.Values[draw.Queries[query] * 8 + d] * (draw.IsShownAsOther[item] ? rows.First : rows.Second).Values[draw.Shown[item] * 8 + d]);
        var (ndcg, hits, share) = (0.0, 0.0, 0.0);
        for (var query = 0; query < 20; query++)
        {
            var order = Enumerable.Range(0, 20).OrderByDescending(item => Score(query, item)).ToArray();
            var rank = 1 + Array.IndexOf(order, query);
            ndcg += rank <= 10 ? 1 / Math.Log2(rank + 1) / 20 : 0;
            hits += rank == 1 ? 1.0 / 20 : 0;
            share += order.Take(10).Count(item => draw.IsShownAsOther[item]) / 200.0;
        }

        Assert.AreEqual(ndcg, metrics.Ndcg, 1e-9);
        Assert.AreEqual(hits, metrics.Retrieval.RecallAt(1), 1e-9);
        Assert.AreEqual(share, metrics["Image"].TopShare, 1e-9);
        Assert.AreEqual(0.5, metrics["Image"].GalleryShare, 1e-9);

        var single = ItemEmbeddings.Create(_context, items: 20, textsPerItem: 1);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().EvaluateTwoSidedRetrieval(single.Images, "Image", single.Texts, "Text", single.Relevance)).Message, "several rows of 'Text'");
    }

    [TestMethod]
    public void LossTest_Holm_CorrectsAsInTheLiterature()
    {
        // Holm, 1979: 0.01·4, 0.02·3, 0.03·2 and 0.04·1, never below what came before.
        var adjusted = LossTest.Holm([0.01, 0.04, 0.03, 0.02]);
        double[] expected = [0.04, 0.06, 0.06, 0.06];
        for (var i = 0; i < 4; i++)
            Assert.AreEqual(expected[i], adjusted[i], 1e-12);
        Assert.AreEqual(0.5, LossTest.Compute(-0.02, [-0.03, -0.01], allowedLoss: 0.02), 1e-12);
        Assert.AreEqual(0, LossTest.Compute(-0.02, [-0.02, -0.02], allowedLoss: 0.01));

        // Of two samples the first puts a rival 0.03 above what was measured of it, more than the margin of 0.02.
        Assert.AreEqual(0.5, LossTest.ComputeConfidence([0.02, 0], [[0.02, 0.02], [0.03, -0.03]], allowedLoss: 0), 1e-12);
    }

    private PairSet CreateSet(int items, int textsPerItem, out ItemRows rows)
    {
        var (images, texts, relevance) = ItemEmbeddings.Create(_context, items, textsPerItem, gap: 0);
        rows = ItemRows.Load(((IHostEnvironment)_context).Register("test"), images, "Image", texts, "Text", relevance, UnusableRows.Throw, normalize: true);
        return PairSet.OfIds(rows);
    }
}
