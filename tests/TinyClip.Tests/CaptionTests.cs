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
    public void Captions_PinnedScene_PinnedCaptions() => CollectionAssert.AreEqual(new[] { "?" }, s_scene.Captions.ToArray());

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
            var starFirst = caption.IndexOf("star", StringComparison.Ordinal) < caption.IndexOf(" blue ", StringComparison.Ordinal);
            var hasRelation = caption.Contains(" of ", StringComparison.Ordinal) && !caption.Contains("on the", StringComparison.Ordinal)
                && !caption.Contains("at the", StringComparison.Ordinal);
            var firstPlace = caption.IndexOf("left", StringComparison.Ordinal) is var left and >= 0
                && (caption.IndexOf("right", StringComparison.Ordinal) is var right && (right < 0 || left < right)) ? "left" : "right";
            Assert.AreEqual(starFirst ? "left" : "right", firstPlace, $"'{caption}' ({hasRelation})");
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

    private static void AssertHasOneOf(string caption, params string[] words) =>
        Assert.HasCount(1, CaptionTokenizer.Split(caption).Intersect(words).ToArray(), $"One of {string.Join(", ", words)} in '{caption}'");
}
