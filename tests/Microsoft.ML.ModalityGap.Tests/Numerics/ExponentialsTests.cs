namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class ExponentialsTests
{
    /// <summary>Every number of values beside whole vectors, against Math.Exp in double.</summary>
    [TestMethod]
    [DataRow(1f)]
    [DataRow(7.5f)]
    [DataRow(100f)]
    public void SumOfScaled_EqualsTheSumInDouble(float scale)
    {
        var random = new Random(3);
        for (var count = 1; count <= 40; count++)
        {
            float[] values = [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
            var largest = values.Max();
            var expected = values.Sum(value => Math.Exp((double)((value - largest) * scale)));
            Assert.AreEqual(expected, Exponentials.SumOfScaled(values, largest, scale), 5e-7 * expected, $"{count}");
        }
    }

    /// <summary>One value beside the largest, over all that is not 0 in float beside 1.</summary>
    [TestMethod]
    public void SumOfScaled_OneTerm_IsWithinAFewUnitsOfTheLastPlace()
    {
        for (var x = 0f; x > -86.9f; x -= 0.0371f)
        {
            // Eight alike, without a 1 that would round them away.
            var values = new float[8];
            Array.Fill(values, x);
            Assert.AreEqual(1, Exponentials.SumOfScaled(values, largest: 0, scale: 1) / (8 * Math.Exp(x)), 3e-7, $"{x}");
        }
    }

    [TestMethod]
    public void SumOfScaled_FarBelow_IsNothing_AndNaNStays()
    {
        Assert.AreEqual(1f, Exponentials.SumOfScaled([1, -1, float.NegativeInfinity, -1, 0, 0.5f, -1, 0, 0.9f], 1, 1e30f));
        Assert.AreEqual(2f, Exponentials.SumOfScaled([1, -1, 1], 1, 1e9f));
        Assert.IsTrue(float.IsNaN(Exponentials.SumOfScaled([0, float.NaN], 0, 5)));
        Assert.IsTrue(float.IsNaN(Exponentials.SumOfScaled([0, 0, 0, float.NaN, 0, 0, 0, 0], 0, 5)));
        Assert.AreEqual(0f, Exponentials.SumOfScaled([], 0, 5));
    }
}
