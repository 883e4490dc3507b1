namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class LargestValuesTests
{
    [TestMethod]
    public void Mean_EqualsThatOfSortedValues()
    {
        var random = new Random(5);
        for (var length = 1; length <= 40; length++)
        {
            // Few different values, of both signs, so that many are equal.
            float[] values = [.. Enumerable.Range(0, length).Select(_ => random.Next(-6, 7) / 8f)];
            for (var count = 1; count <= length; count++)
                Assert.AreEqual(values.OrderDescending().Take(count).Average(value => (double)value), LargestValues.Mean(values, count, new int[length + 3]), 1e-12, $"{count} of {length}");
        }
    }

    [TestMethod]
    public void Mean_OfFewerThanAreFinite_DoesNotSeeWhatIsLeftOut()
    {
        float[] values = [float.NegativeInfinity, -1e-30f, 3, float.NegativeInfinity, 0, 1e30f, -2, float.NegativeInfinity, 7];
        Assert.AreEqual((1e30f + 7.0 + 3) / 3, LargestValues.Mean(values, 3, new int[9]), 1e20);
        Assert.AreEqual(1e30f, LargestValues.Mean(values, 1, new int[9]));
    }
}
