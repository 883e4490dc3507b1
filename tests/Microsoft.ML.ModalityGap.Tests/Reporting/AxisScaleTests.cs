namespace Microsoft.ML.ModalityGap.Tests.Reporting;

[TestClass]
public class AxisScaleTests
{
    [TestMethod]
    public void Linear_TicksAreRoundAndInside()
    {
        CollectionAssert.AreEqual(new[] { "−0.5", "0", "0.5" }, Ticks(AxisScale.Linear(-0.9, 0.9, tickCount: 4)));
        CollectionAssert.AreEqual(new[] { "0", "200", "400" }, Ticks(AxisScale.Linear(0, 511)));
        CollectionAssert.AreEqual(new[] { "0", "1,000", "2,000" }, Ticks(AxisScale.Linear(0, 2_047, tickCount: 3)));
    }

    [TestMethod]
    public void Rounded_IsWidenedToTheTicks()
    {
        var scale = AxisScale.Rounded(-0.13, 0.71, tickCount: 4);
        CollectionAssert.AreEqual(new[] { "−0.5", "0", "0.5", "1" }, Ticks(scale));
        Assert.AreEqual(0, scale.GetShare(-0.5), 1e-12);
        Assert.AreEqual(1, scale.GetShare(1), 1e-12);
    }

    [TestMethod]
    public void Logarithmic_SharesAreEqualPerPowerOfTen()
    {
        var scale = AxisScale.Logarithmic(2e-5, 0.3);
        Assert.AreEqual(0, scale.GetShare(1e-5), 1e-12);
        Assert.AreEqual(0.2, scale.GetShare(1e-4), 1e-12);
        Assert.AreEqual(1, scale.GetShare(1), 1e-12);
        Assert.AreEqual("10⁻⁵", scale.Format(1e-5));
        Assert.AreEqual("0.1", scale.Format(0.1));
    }

    [TestMethod]
    public void AnyScale_WithoutExtent_StillHasOne()
    {
        Assert.AreEqual(0.5, AxisScale.Linear(3, 3).GetShare(3), 1e-12);
        Assert.AreEqual(0.5, AxisScale.Rounded(0, 0).GetShare(0), 1e-12);
    }

    private static string[] Ticks(AxisScale scale) => [.. scale.Ticks.Select(scale.Format)];
}
