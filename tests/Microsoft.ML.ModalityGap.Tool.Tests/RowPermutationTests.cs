namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class RowPermutationTests
{
    [TestMethod]
    [DataRow(1L)]
    [DataRow(2L)]
    [DataRow(3L)]
    [DataRow(17L)]
    [DataRow(1000L)]
    [DataRow(65537L)]
    public void Apply_HitsEveryNumberOnce(long count)
    {
        foreach (var seed in new[] { 0, 1, -7, int.MaxValue })
        {
            var permutation = new RowPermutation(count, seed);
            var seen = new HashSet<long>();
            for (var i = 0L; i < count; i++)
            {
                var value = permutation.Apply(i);
                Assert.IsTrue(value >= 0 && value < count && seen.Add(value), $"{i} -> {value}");
            }
        }
    }

    [TestMethod]
    public void Apply_NearTheLargestCount_StaysInside()
    {
        var permutation = new RowPermutation(long.MaxValue, 1);
        for (var i = 0L; i < 1000; i++)
            Assert.IsTrue(permutation.Apply(long.MaxValue - 1 - i) is >= 0 and < long.MaxValue);
    }

    [TestMethod]
    public void Holdout_TakesExactlyItsShareAndSpreadsIt()
    {
        // Of each tenth of the file the binomial share of 0.3 has a standard deviation of 14.5 rows in 1,000; six of them are allowed.
        var holdout = new Holdout(10_000, 0.3, seed: 5);
        Assert.AreEqual(3000, holdout.HeldOutCount);
        Assert.AreEqual(7000, holdout.FitCount);
        for (var tenth = 0; tenth < 10; tenth++)
            Assert.AreEqual(300, Enumerable.Range(tenth * 1000, 1000).Count(row => holdout.IsHeldOut(row)), 87);
        Assert.AreEqual(3000, Enumerable.Range(0, 10_000).Count(row => holdout.HeldOut.Contains(row)));
        Assert.IsTrue(Enumerable.Range(0, 10_000).All(row => holdout.HeldOut.Contains(row) != holdout.Fit.Contains(row)));
    }

    [TestMethod]
    public void Holdout_OfAnotherSeed_IsIndependent()
    {
        // Both hold out a half: a quarter of the rows is in both, with a standard deviation of 43; six of them are allowed.
        var (a, b) = (new Holdout(10_000, 0.5, 1), new Holdout(10_000, 0.5, 2));
        Assert.AreEqual(2500, Enumerable.Range(0, 10_000).Count(row => a.IsHeldOut(row) && b.IsHeldOut(row)), 258);
    }
}
