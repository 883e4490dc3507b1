namespace TinyClip;

/// <summary>Pictures and captions of different scenes, as the encoders take them.</summary>
/// <param name="Scenes">The scenes.</param>
/// <param name="Pixels">(batch, 3, 64, 64), normalised; empty if nothing was drawn.</param>
/// <param name="Ids">(batch, 32).</param>
/// <param name="Mask">(batch, 32).</param>
internal sealed record TrainingBatch(IReadOnlyList<Scene> Scenes, float[] Pixels, long[] Ids, long[] Mask)
{
    /// <summary>How many siblings a drawn scene brings along.</summary>
    private const int SiblingCount = 3;

    /// <summary>The share of scenes of several objects that is passed over, so that more of those remain in which nothing but the object tells siblings apart.</summary>
    private const double CrowdsPassedOver = 0.4;

    /// <summary>How much captions tell, by share.</summary>
    private static readonly CaptionDetail[] s_details =
        [CaptionDetail.Full, CaptionDetail.Usual, CaptionDetail.Usual, CaptionDetail.Brief, CaptionDetail.Brief];

    internal int Size => Scenes.Count;

    /// <summary>Draws a batch: new scenes of the training split, new drawings of them, new captions.</summary>
    internal static TrainingBatch Create(int size, ulong seed, CaptionTokenizer tokenizer, bool singlesOnly = false, bool isDrawn = true)
    {
        var random = new SplitMix64(seed);
        var scenes = DrawSiblings(SceneSplit.Train, size, singlesOnly ? 1 : CrowdsPassedOver, ref random);
        return Create(scenes, Describe, tokenizer, isDrawn);

        (string Caption, ulong Variation) Describe(Scene scene) => (scene.WriteCaption(random.Pick<CaptionDetail>(s_details), ref random), random.Next());
    }

    /// <summary>Scenes of the validation split with siblings, each with its first caption.</summary>
    internal static TrainingBatch CreateValidation(int size, CaptionTokenizer tokenizer)
    {
        var lots = new SplitMix64(1);
        return Create(DrawSiblings(SceneSplit.Validation, size, CrowdsPassedOver, ref lots), scene => (scene.Captions[0], 0), tokenizer);
    }

    /// <summary>
    /// Different scenes of a split, most with <see cref="SiblingCount"/> siblings: of two groups first the scene with both swapped; then one group in another
    /// shape or colour. Without siblings a batch is told apart by backgrounds, numbers, sizes and colours alone.
    /// </summary>
    private static List<Scene> DrawSiblings(SceneSplit split, int count, double crowdsPassedOver, ref SplitMix64 random)
    {
        var scenes = new List<Scene>(count);
        var known = new HashSet<Scene>(count);
        while (scenes.Count < count)
        {
            var scene = SceneDataset.DrawLots(ref random);
            if (scene.Split != split || (scene.ObjectCount > 1 && random.Chance(crowdsPassedOver)) || !known.Add(scene))
                continue;
            scenes.Add(scene);
            for (int tries = 0, siblings = 0; tries < 20 && siblings < SiblingCount && scenes.Count < count; tries++)
            {
                var sibling = tries == 0 && scene.Swapped is { } swapped ? swapped : DrawSibling(scene, ref random);
                if (sibling.Split != split || !known.Add(sibling))
                    continue;
                scenes.Add(sibling);
                siblings++;
            }
        }

        return scenes;
    }

    private static Scene DrawSibling(Scene scene, ref SplitMix64 random)
    {
        var isSecond = scene.Second is not null && random.Chance(0.5);
        var group = isSecond ? scene.Second! : scene.First;
        group = random.Chance(0.85)
            ? group with { Shape = random.Pick<SceneShape>(Enum.GetValues<SceneShape>()) }
            : group with { Color = random.Pick<SceneColor>(Enum.GetValues<SceneColor>()) };
        return new Scene(scene.Background, isSecond ? scene.First : group, scene.Position, isSecond ? group : scene.Second);
    }

    /// <summary>The batch of these scenes, each with a caption and a variation of its drawing.</summary>
    private static TrainingBatch Create(List<Scene> scenes, Func<Scene, (string Caption, ulong Variation)> describe, CaptionTokenizer tokenizer, bool isDrawn = true)
    {
        const int length = TinyClipModel.ContextLength;
        var pixels = isDrawn ? new float[scenes.Count * ScenePixels.Count] : [];
        var (ids, mask) = (new long[scenes.Count * length], new long[scenes.Count * length]);
        for (var row = 0; row < scenes.Count; row++)
        {
            var (caption, variation) = describe(scenes[row]);
            if (isDrawn)
                ScenePixels.Write(scenes[row], variation, pixels.AsSpan(row * ScenePixels.Count, ScenePixels.Count));
            tokenizer.Encode(caption, ids.AsSpan(row * length, length), mask.AsSpan(row * length, length));
        }

        return new TrainingBatch(scenes, pixels, ids, mask);
    }
}
