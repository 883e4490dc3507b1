namespace Microsoft.ML.ModalityGap.Tests.Correction;

[TestClass]
public class MatchCalibrationTests
{
    [TestMethod]
    public void Fit_TwoNormals_IsTheirLogOdds()
    {
        // N(3, 0.5²) against twice as many of N(1, 0.5²): the log odds are (x − 2)·(3 − 1)/0.5² − log 2 = 8x − 16.69.
        var random = new Random(1);
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] matches = [.. Enumerable.Range(0, 20_000).Select(_ => 3 + 0.5 * Gauss())], strangers = [.. Enumerable.Range(0, 40_000).Select(_ => 1 + 0.5 * Gauss())];
        var calibration = MatchCalibration.Fit("text", matches, strangers, fromPairs: true);
        Assert.AreEqual(8, calibration.Slope, 0.4);
        Assert.AreEqual(-16.69, calibration.Intercept, 0.8);
        Assert.AreEqual(1 / 3.0, calibration.GetProbability(2), 0.03);
        Assert.AreEqual(20_000, calibration.MatchCount);
    }

    [TestMethod]
    public void Fit_ScoresThatAreApartOrTellNothing_IsFinite()
    {
        var apart = MatchCalibration.Fit("text", [5, 6, 7, 8], [1, 2, 3, 4], fromPairs: true);
        Assert.IsTrue(double.IsFinite(apart.Slope) && double.IsFinite(apart.Intercept) && apart.Slope > 0);
        Assert.IsGreaterThan(0.7, apart.GetProbability(8));
        Assert.IsLessThan(0.3, apart.GetProbability(1));

        // The wrong way round, or all the same: a larger score is never less probable.
        foreach (var useless in new[] { MatchCalibration.Fit("text", [1, 2], [8, 9], true), MatchCalibration.Fit("text", [3, 3], [3, 3], true) })
        {
            Assert.AreEqual(0.5, useless.GetProbability(-100), 1e-12);
            Assert.AreEqual(0.5, useless.GetProbability(100), 1e-12);
        }

        Assert.AreEqual(1, apart.GetProbability(double.MaxValue));
        Assert.AreEqual(0, apart.GetProbability(double.MinValue));
    }
}
