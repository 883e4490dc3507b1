namespace TinyClip.Tests;

/// <summary>How well the committed files do, on scenes that training never saw: what TinyClip promises.</summary>
[TestClass]
public sealed class CommittedModelTests
{
    private static EvaluationReport s_report = null!;

    [ClassInitialize]
    public static void Evaluate(TestContext context)
    {
        using var encoder = new OnnxDualEncoder(TinyClipModel.FindFolder());
        s_report = EvaluationReport.Create(encoder, SceneSplit.Test);
        context.WriteLine(s_report.FullCaptions.ToString());
        context.WriteLine($"all captions {s_report.AnyCaptionRecallAt1}, order {s_report.OrderAccuracy}, zero-shot {s_report.ZeroShotAccuracy}");
    }

    [TestMethod]
    public void TextToImage_500UnseenScenes_RecallAt1IsAtLeast40Percent()
    {
        Assert.AreEqual(500, s_report.FullCaptions.Count);
        Assert.IsGreaterThanOrEqualTo(0.4, s_report.FullCaptions.FirstToSecond.RecallAt(1));
        Assert.IsGreaterThanOrEqualTo(0.4, s_report.AnyCaptionRecallAt1);
    }

    [TestMethod]
    public void ZeroShot_ShapesTimesColours_AccuracyIsAtLeast80Percent() => Assert.IsGreaterThanOrEqualTo(0.8, s_report.ZeroShotAccuracy);

    [TestMethod]
    public void Order_GroupsSwapped_AtLeast80PercentToldApart() => Assert.IsGreaterThanOrEqualTo(0.8, s_report.OrderAccuracy);

    [TestMethod]
    public void Gap_BeforeCorrection_CentroidDistanceIsAtLeastOneHalf() => Assert.IsGreaterThanOrEqualTo(0.5, s_report.FullCaptions.CentroidDistance);

    [TestMethod]
    public void Files_Together_AreAtMostFourMegabytes() =>
        Assert.IsLessThanOrEqualTo(4_000_000L, Directory.GetFiles(TinyClipModel.FindFolder()).Sum(file => new FileInfo(file).Length));

    [TestMethod]
    public void TextEncoder_PaddingAndBatch_ChangeNothing()
    {
        using var encoder = new OnnxDualEncoder(TinyClipModel.FindFolder());
        string[] captions = ["a red star", "a small red star left of a striped blue square on a white background"];
        var together = encoder.EncodeTexts(captions);
        for (var i = 0; i < captions.Length; i++)
        {
            var alone = encoder.EncodeTexts([captions[i]])[0];
            for (var d = 0; d < alone.Length; d++)
                Assert.AreEqual(alone[d], together[i][d], 1e-4f);
        }
    }
}
