namespace TinyClip.Tests;

[TestClass]
public sealed class TrainingBatchTests
{
    private static readonly CaptionTokenizer s_tokenizer = CaptionTokenizer.Load(TinyClipModel.FindFolder());

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Create_ManyBatches_DifferentScenesOfTheTrainingSplitOnly(bool singlesOnly)
    {
        for (var seed = 0UL; seed < 50; seed++)
        {
            var batch = TrainingBatch.Create(64, seed, s_tokenizer, singlesOnly, isDrawn: false);

            Assert.AreEqual(64, batch.Size);
            Assert.AreEqual(64, batch.Scenes.Distinct().Count());
            Assert.IsTrue(batch.Scenes.All(scene => scene.Split == SceneSplit.Train));
            Assert.IsTrue(!singlesOnly || batch.Scenes.All(scene => scene.ObjectCount == 1));
        }
    }

    [TestMethod]
    public void CreateValidation_ScenesOfTheValidationSplitOnly() =>
        Assert.IsTrue(TrainingBatch.CreateValidation(100, s_tokenizer).Scenes.All(scene => scene.Split == SceneSplit.Validation));

    [TestMethod]
    public void Create_SameSeed_SameBatch()
    {
        var (first, second, other) = (TrainingBatch.Create(16, 3, s_tokenizer), TrainingBatch.Create(16, 3, s_tokenizer), TrainingBatch.Create(16, 4, s_tokenizer));

        CollectionAssert.AreEqual(first.Scenes.ToArray(), second.Scenes.ToArray());
        CollectionAssert.AreEqual(first.Pixels, second.Pixels);
        CollectionAssert.AreEqual(first.Ids, second.Ids);
        CollectionAssert.AreNotEqual(first.Ids, other.Ids);
    }

    /// <summary>What the order of words is learned from: a scene and the one with its groups swapped, in one batch.</summary>
    [TestMethod]
    public void Create_ScenesOfTwoGroups_MostHaveTheSwappedOneBesideThem()
    {
        var scenes = TrainingBatch.Create(256, 1, s_tokenizer, isDrawn: false).Scenes;
        var pairs = scenes.Zip(scenes.Skip(1)).Count(pair => pair.First.Swapped == pair.Second && pair.First != pair.Second);

        // About half of the 64 families have two groups, and eight tenths of swapped scenes are for training, too.
        Assert.IsGreaterThan(15, pairs);
    }
}
