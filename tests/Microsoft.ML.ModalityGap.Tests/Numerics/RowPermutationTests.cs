namespace Microsoft.ML.ModalityGap.Tests.Numerics;

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
}
