namespace Microsoft.ML.ModalityGap.Tests.Statistics;

/// <summary>The square of 46,341 is more than an int holds, and an array has no more places.</summary>
[TestClass]
public class CovarianceSizeTests
{
    private const int TooMany = 46_341;

    [TestMethod]
    public void Builder_MoreDimensionsThanAMatrixHas_SaysSo()
    {
        var covariance = new ModalityStatisticsOptions { Moments = ModalityMoments.Covariance };
        foreach (var create in new Action[]
        {
            () => _ = new ModalityStatisticsBuilder(TooMany, covariance),
            () => _ = new ModalityStatisticsBuilder(1 << 20, covariance),
            () => _ = ModalityStatistics.FromRows(new float[TooMany], TooMany, covariance),
            () => _ = new PairStatisticsBuilder(TooMany - 1, 1),
        })
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(create).Message, "46340 at most");
        }

        Assert.AreEqual(TooMany, new ModalityStatisticsBuilder(TooMany, new ModalityStatisticsOptions { Moments = ModalityMoments.Variance }).Dimension);
    }

    /// <summary>By way of few rows as by way of the covariance itself.</summary>
    [TestMethod]
    public void WhitenModalities_MoreDimensionsThanAMatrixHas_SaysSo()
    {
        var ml = new MLContext();
        var rows = TestEmbeddings.Create(3, TooMany, seed: 1);
        var data = TestEmbeddings.CreateDataView(ml, Enumerable.Range(0, 3).Select(i => new TestEmbeddings.Pair
        {
            Image = rows.AsSpan(i * TooMany, TooMany).ToArray(),
            Text = rows.AsSpan((2 - i) * TooMany, TooMany).ToArray(),
            Modality = "image",
        }), TooMany, variable: false);
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => ml.Transforms.WhitenModalities("Image", "Text").Fit(data)).Message, "46340 at most");
    }
}
