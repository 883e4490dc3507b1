namespace TinyClip.Tests;

[TestClass]
public sealed class CaptionTests
{
    private static readonly Scene s_scene = new(
        SceneBackground.White, new SceneGroup(1, SceneSize.Small, SceneTexture.Solid, SceneColor.Red, SceneShape.Star), ScenePosition.Left,
        new SceneGroup(1, SceneSize.Large, SceneTexture.Striped, SceneColor.Blue, SceneShape.Square));

    [TestMethod]
    public void Captions_SameScene_SameCaptions()
    {
        Assert.HasCount(Scene.CaptionCount, s_scene.Captions);
        CollectionAssert.AreEqual(s_scene.Captions.ToArray(), s_scene.Captions.ToArray());
    }

    [TestMethod]
    public void Captions_PinnedScene_PinnedCaptions() => CollectionAssert.AreEqual(
        new[]
        {
            "on a white background, a picture of one stripy big blue square to the right of one small solid red star",
            "a large stripy blue square to the right of a small solid red star against a white background",
            "a little red star left of a large blue box on white",
            "a drawing of a plain small scarlet star left of a blue square with stripes against a white background",
            "one blue box right of a red star",
        },
        s_scene.Captions.ToArray());

    [TestMethod]
    public void WriteCaption_Full_TellsEverything()
    {
        foreach (var caption in WriteMany(s_scene, CaptionDetail.Full))
        {
            AssertHasOneOf(caption, "small", "little", "tiny");
            AssertHasOneOf(caption, "solid", "plain");
            AssertHasOneOf(caption, "red", "scarlet");
            AssertHasOneOf(caption, "star");
            AssertHasOneOf(caption, "large", "big");
            AssertHasOneOf(caption, "striped", "stripy", "stripes");
            AssertHasOneOf(caption, "blue");
            AssertHasOneOf(caption, "square", "box");
            AssertHasOneOf(caption, "white");
        }
    }

    /// <summary>An independent reading of the sentences: whichever way round a caption puts it, the star is on the left.</summary>
    [TestMethod]
    public void WriteCaption_TwoGroups_OrderOfWordsTellsWhichIsWhere()
    {
        var captions = WriteMany(s_scene, CaptionDetail.Brief);
        foreach (var caption in captions)
        {
            var (star, blue) = (IndexOf(caption, "star"), IndexOf(caption, "blue"));
            var (left, right) = (IndexOf(caption, "left"), IndexOf(caption, "right"));
            Assert.AreEqual(star < blue, left < right, caption);
        }

        Assert.IsTrue(captions.Any(caption => caption.Contains("left of a blue", StringComparison.Ordinal)));
        Assert.IsTrue(captions.Any(caption => caption.Contains("right of a red", StringComparison.Ordinal)));
        Assert.IsFalse(captions.Intersect(WriteMany(s_scene.Swapped!, CaptionDetail.Brief)).Any(), "A caption fits the swapped scene, too.");
    }

    [TestMethod]
    public void Captions_ManyScenes_FitTheContextAndTheVocabulary()
    {
        var tokenizer = CaptionTokenizer.Load(TinyClipModel.FindFolder());
        var (ids, mask) = (new long[TinyClipModel.ContextLength], new long[TinyClipModel.ContextLength]);
        foreach (var caption in SceneDataset.Create(SceneSplit.Test, 2_000, seed: 8).SelectMany(scene => scene.Captions))
        {
            tokenizer.Encode(caption, ids, mask);
            var length = (int)mask.Sum();
            Assert.AreEqual(tokenizer.VocabularySize - 2, ids[0]);
            Assert.AreEqual(length - 1, Array.IndexOf(ids, tokenizer.VocabularySize - 1L), caption);
        }
    }

    [TestMethod]
    public void Encode_UnknownWord_NamesIt()
    {
        var tokenizer = CaptionTokenizer.Load(TinyClipModel.FindFolder());
        var exception = Assert.ThrowsExactly<ArgumentException>(() => tokenizer.Encode("a red giraffe", new long[32], new long[32]));
        StringAssert.Contains(exception.Message, "'giraffe'");
    }

    private static string[] WriteMany(Scene scene, CaptionDetail detail)
    {
        var random = new SplitMix64(7);
        return [.. Enumerable.Range(0, 200).Select(_ => scene.WriteCaption(detail, ref random))];
    }

    /// <summary>Where a word first stands; behind everything if it is not there.</summary>
    private static int IndexOf(string caption, string word) => caption.IndexOf(word, StringComparison.Ordinal) is var index and >= 0 ? index : int.MaxValue;

    private static void AssertHasOneOf(string caption, params string[] words) =>
        Assert.HasCount(1, CaptionTokenizer.Split(caption).Intersect(words).ToArray(), $"One of {string.Join(", ", words)} in '{caption}'");
}
