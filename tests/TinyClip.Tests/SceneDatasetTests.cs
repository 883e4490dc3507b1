namespace TinyClip.Tests;

[TestClass]
public sealed class SceneDatasetTests
{
    [TestMethod]
    public void Create_SameSeed_PinnedScenes()
    {
        var scenes = SceneDataset.Create(SceneSplit.Test, 3, seed: 1);

        CollectionAssert.AreEqual(
            new[]
            {
                "grey, left: 1 small striped orange diamond, right: 1 large striped green square",
                "beige, left: 1 large dotted orange star, right: 1 large solid yellow circle",
                "beige, left: 1 large solid yellow star, right: 1 small dotted orange square",
            },
            scenes.Select(scene => scene.ToString()).ToArray());
    }

    [TestMethod]
    public void Create_AllSplits_ShareNoScene()
    {
        var splits = Enum.GetValues<SceneSplit>().Select(split => SceneDataset.Create(split, 2_000, seed: 5)).ToArray();

        Assert.AreEqual(6_000, splits.SelectMany(scenes => scenes).Distinct().Count());
    }

    [TestMethod]
    public void DrawLots_ManyScenes_EightToOneToOne()
    {
        var random = new SplitMix64(3);
        var shares = Enumerable.Range(0, 20_000).Select(_ => SceneDataset.DrawLots(ref random).Split).CountBy(split => split).ToDictionary();

        // Four standard deviations of a binomial count.
        Assert.AreEqual(16_000, shares[SceneSplit.Train], 230.0);
        Assert.AreEqual(2_000, shares[SceneSplit.Validation], 170.0);
        Assert.AreEqual(2_000, shares[SceneSplit.Test], 170.0);
    }

    [TestMethod]
    public void Create_MoreThanThereAre_SaysSo() =>
        Assert.ThrowsExactly<InvalidOperationException>(() => SceneDataset.Create(SceneSplit.Test, 10, seed: 1, scene => scene.ObjectCount > 3));

    /// <summary>Reference values of the published generator (Steele, Lea and Flood; seed 1234567).</summary>
    [TestMethod]
    public void SplitMix64_KnownSeed_ReferenceSequence()
    {
        var random = new SplitMix64(1234567);

        Assert.AreEqual(6457827717110365317UL, random.Next());
        Assert.AreEqual(3203168211198807973UL, random.Next());
        Assert.AreEqual(9817491932198370423UL, random.Next());
    }
}
