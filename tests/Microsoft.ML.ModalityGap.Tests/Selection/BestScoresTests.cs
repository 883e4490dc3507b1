namespace Microsoft.ML.ModalityGap.Tests.Selection;

[TestClass]
public class BestScoresTests
{
    [TestMethod]
    [DataRow(3, 5)]
    [DataRow(20, 40)]
    [DataRow(131, 250)]
    [DataRow(64, 7)]
    public void OtherShare_ScoresWithTiesAndRowsLeftOut_EqualsASort(int ownCount, int otherCount)
    {
        var random = new Random(ownCount);
        var best = new BestScores(10);
        for (var draw = 0; draw < 200; draw++)
        {
            // Coarse scores are equal often, and those that are left out are the highest.
            float Next() => random.Next(draw % 2 == 0 ? 12 : 100_000);
            float[] own = [.. Enumerable.Range(0, ownCount).Select(_ => Next())], other = [.. Enumerable.Range(0, otherCount).Select(_ => Next())];
            int[] leftOut = [.. Enumerable.Range(0, ownCount).OrderByDescending(row => own[row]).Take(draw % 4)];
            best.Begin(own, other, leftOut.Length);
            best.Offer(own, isOther: false, leftOut);
            best.Offer(other, isOther: true, []);
            var expected = own.Where((_, row) => !leftOut.Contains(row)).Select(score => (Score: score, IsOther: false)).Concat(other.Select(score => (Score: score, IsOther: true)))
                .OrderByDescending(entry => entry.Score).Take(10).ToArray(); // a stable sort: of equal ones the first
            Assert.AreEqual(expected.Average(entry => entry.IsOther ? 1.0 : 0), best.OtherShare, 1e-12);
        }
    }
}
