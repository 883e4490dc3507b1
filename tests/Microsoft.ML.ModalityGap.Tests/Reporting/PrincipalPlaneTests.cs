namespace Microsoft.ML.ModalityGap.Tests.Reporting;

[TestClass]
public class PrincipalPlaneTests
{
    [TestMethod]
    public void Fit_RowsOfKnownDirections_FindsThemAndTheirShares()
    {
        // Exactly ±5, ±3 and ±1 along three axes turned by a rotation: variances 25, 9 and 1 of three, and nothing else.
        double[][] axes = [[2 / 3.0, 2 / 3.0, 1 / 3.0], [-2 / 3.0, 1 / 3.0, 2 / 3.0], [1 / 3.0, -2 / 3.0, 2 / 3.0]];
        double[] reach = [5, 3, 1];
        var rows = Enumerable.Range(0, 6).SelectMany(i => Enumerable.Range(0, 3).Select(d => (float)(7 + d + (i % 2 == 0 ? 1 : -1) * reach[i / 2] * axes[i / 2][d]))).ToArray();
        var plane = PrincipalPlane.Fit(rows, 3, seed: 1);

        Assert.AreEqual(25.0 / 35, plane.Shares[0], 1e-5);
        Assert.AreEqual(9.0 / 35, plane.Shares[1], 1e-5);
        Assert.AreEqual(5, Math.Abs(plane.Project(rows.AsSpan(0, 3)).X), 1e-3);
        Assert.AreEqual(0, plane.Project(rows.AsSpan(0, 3)).Y, 1e-2);
        Assert.AreEqual(3, Math.Abs(plane.Project(rows.AsSpan(6, 3)).Y), 1e-3);
        Assert.AreEqual(0, Math.Abs(plane.Project(rows.AsSpan(12, 3)).X) + Math.Abs(plane.Project(rows.AsSpan(12, 3)).Y), 1e-2);
    }

    [TestMethod]
    public void Fit_RowsOnALine_HasNoSecondDirection()
    {
        var plane = PrincipalPlane.Fit([0, 0, 1, 1, 2, 2, 3, 3], 2, seed: 1);
        Assert.AreEqual(1, plane.Shares[0], 1e-6);
        Assert.AreEqual(0, plane.Shares[1], 1e-6);
        Assert.AreEqual(0, plane.Project([3, 3]).Y, 1e-5);
    }

    [TestMethod]
    public void FaceRightFrom_APoint_PutsItLeft()
    {
        float[] rows = [0, 0, 1, 1, 2, 2, 3, 3];
        foreach (var seed in Enumerable.Range(0, 4))
        {
            var plane = PrincipalPlane.Fit(rows, 2, seed);
            plane.FaceRightFrom([3, 3]);
            Assert.IsLessThan(0, plane.Project([3, 3]).X);
        }
    }
}
