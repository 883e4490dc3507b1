namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class HoldoutTests
{
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
