namespace Stores.Tests;

[TestClass]
public class RankComparisonTests
{
    private static readonly float[][] _query = [[1, 2, 3]];
    private static readonly float[][] _gallery = [[1, 0, 0], [1.0000001f, 0, 0], [0.9f, 0, 0], [1, 0, 0]];

    [TestMethod]
    [DataRow(new[] { 1, 0, 3 }, new[] { 1, 0, 3 }, 3, 0, 0)]
    [DataRow(new[] { 1, 0, 3 }, new[] { 0, 1, 3 }, 1, 2, 0)]
    [DataRow(new[] { 0, 3, 2 }, new[] { 3, 0, 2 }, 1, 2, 0)]
    [DataRow(new[] { 1, 0, 2 }, new[] { 1, 2, 0 }, 1, 0, 2)]
    [DataRow(new[] { 1, 0 }, new[] { 1, 2 }, 1, 0, 1)]
    public void Compare_CountsPlacesTiesAndOthers(int[] ours, int[] theirs, int same, int ties, int others) =>
        Assert.AreEqual(new RankComparison(1, same, ties, others), RankComparison.Compare([ours], [theirs], _gallery, _query));

    [TestMethod]
    [DataRow(new[] { 1, 0 }, new[] { 1 })]
    [DataRow(new[] { 1, 0 }, new[] { 1, 1 })]
    public void Compare_RowsMissingOrTwice_Throws(int[] ours, int[] theirs) =>
        Assert.ThrowsExactly<InvalidDataException>(() => RankComparison.Compare([ours], [theirs], _gallery, _query));

    [TestMethod]
    public void GetRecall_CountsFoundWhateverTheirOrder() => Assert.AreEqual(0.75, RankComparison.GetRecall([[1, 2], [3, 4]], [[2, 1], [3, 5]]));
}
