namespace Microsoft.ML.ModalityGap.Tests.Evaluation.Ranking;

[TestClass]
public class PairedGalleryTests
{
    private static readonly string[] _names = ["Image", "Text"];

    [TestMethod]
    [DataRow(41, 7, false)]
    [DataRow(41, 7, true)]
    [DataRow(2, 3, true)]
    public void Evaluate_AnyPairs_EqualsSortingByHand(int rows, int dimension, bool bySecond)
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context, rows, dimension);
        var host = ((Microsoft.ML.Runtime.IHostEnvironment)context).Register("test");
        var pairs = EmbeddingPairs.Load(host, data, "Image", "Text", UnusableRows.Throw);
        var actual = PairedGallery.Evaluate(pairs, _names, bySecond, seed: 5);

        // The same halves, every document scored in double and sorted.
        var order = Enumerable.Range(0, rows).ToArray();
        new Random(5).Shuffle(order);
        var (asking, others) = (order[..(rows / 2)], order[(rows / 2)..]);
        double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            var sum = 0.0;
            for (var i = 0; i < a.Length; i++)
                sum += (double)a[i] * b[i];
            return sum;
        }

        double ndcg = 0, ownShare = 0;
        foreach (var row in asking)
        {
            var query = bySecond ? pairs.GetSecond(row).ToArray() : pairs.GetFirst(row).ToArray();
            var ranking = asking.Select(other => (IsOwn: false, Row: other, Score: Dot(query, bySecond ? pairs.GetFirst(other) : pairs.GetSecond(other))))
                .Concat(others.Select(other => (IsOwn: true, Row: other, Score: Dot(query, bySecond ? pairs.GetSecond(other) : pairs.GetFirst(other)))))
                .OrderByDescending(document => document.Score).ToArray();
            var rank = 1 + Array.FindIndex(ranking, document => !document.IsOwn && document.Row == row);
            ndcg += rank <= 10 ? 1 / Math.Log2(1 + rank) : 0;
            ownShare += ranking.Take(10).Average(document => document.IsOwn ? 1 : 0);
        }

        Assert.AreEqual(ndcg / asking.Length, actual.Ndcg, 1e-6);
        Assert.AreEqual(ownShare / asking.Length, actual[bySecond ? "Text" : "Image"].TopShare, 1e-6);
        Assert.AreEqual((double)others.Length / rows, actual[bySecond ? "Text" : "Image"].GalleryShare, 1e-12);
    }
}
