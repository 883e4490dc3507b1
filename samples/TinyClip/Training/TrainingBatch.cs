namespace TinyClip;

/// <summary>Pictures and captions of different scenes, as the encoders take them.</summary>
/// <param name="Size">How many.</param>
/// <param name="Pixels">(batch, 3, 64, 64), normalised.</param>
/// <param name="Ids">(batch, 32).</param>
/// <param name="Mask">(batch, 32).</param>
internal sealed record TrainingBatch(int Size, float[] Pixels, long[] Ids, long[] Mask)
{
    /// <summary>How many siblings a drawn scene brings along.</summary>
    private const int SiblingCount = 3;

    /// <summary>How much captions tell, by share.</summary>
    private static readonly CaptionDetail[] s_details =
        [CaptionDetail.Full, CaptionDetail.Usual, CaptionDetail.Usual, CaptionDetail.Brief, CaptionDetail.Brief];

    /// <summary>
    /// The share of scenes of several objects that is drawn again. One scene in five has a single object; that is where shapes are learned best, since nothing
    /// but the object tells siblings apart.
    /// </summary>
    private const double CrowdsPassedOver = 0.6;

    /// <summary>Draws a batch: new scenes of the training split, new drawings of them, new captions.</summary>
    internal static TrainingBatch Create(int size, ulong seed, CaptionTokenizer tokenizer)
    {
        var random = new SplitMix64(seed);
        var scenes = DrawSiblings(SceneSplit.Train, size, ref random);
        return Create(scenes, Describe, tokenizer);

        (string Caption, ulong Variation) Describe(Scene scene) => (scene.WriteCaption(random.Pick<CaptionDetail>(s_details), ref random), random.Next());
    }

    /// <summary>
    /// Different scenes of a split, most with <see cref="SiblingCount"/> siblings: the groups swapped, or one group in another shape or colour. Without
    /// them a batch is told apart by backgrounds, numbers, sizes and colours, and shapes are not learned in minutes.
    /// </summary>
    internal static IReadOnlyList<Scene> DrawSiblings(SceneSplit split, int count, ref SplitMix64 random)
    {
        var scenes = new List<Scene>(count);
        var known = new HashSet<Scene>(count);
        while (scenes.Count < count)
        {
            var scene = SceneDataset.DrawLots(ref random);
            if (scene.Split != split || (scene.ObjectCount > 1 && random.Chance(CrowdsPassedOver)) || !known.Add(scene))
                continue;
            scenes.Add(scene);
            for (int tries = 0, siblings = 0; tries < 20 && siblings < SiblingCount && scenes.Count < count; tries++)
            {
                var sibling = DrawSibling(scene, ref random);
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
        if (scene.Swapped is { } swapped && random.Chance(0.25))
            return swapped;
        var isSecond = scene.Second is not null && random.Chance(0.5);
        var group = isSecond ? scene.Second! : scene.First;
        group = random.Chance(0.85)
            ? group with { Shape = random.Pick<SceneShape>(Enum.GetValues<SceneShape>()) }
            : group with { Color = random.Pick<SceneColor>(Enum.GetValues<SceneColor>()) };
        return new Scene(scene.Background, isSecond ? scene.First : group, scene.Position, isSecond ? group : scene.Second);
    }

    /// <summary>The batch of these scenes, each with a caption and a variation of its drawing.</summary>
    internal static TrainingBatch Create(IReadOnlyList<Scene> scenes, Func<Scene, (string Caption, ulong Variation)> describe, CaptionTokenizer tokenizer)
    {
        const int length = TinyClipModel.ContextLength;
        var pixels = new float[scenes.Count * ScenePixels.Count];
        var (ids, mask) = (new long[scenes.Count * length], new long[scenes.Count * length]);
        for (var row = 0; row < scenes.Count; row++)
        {
            var (caption, variation) = describe(scenes[row]);
            ScenePixels.Write(scenes[row], variation, pixels.AsSpan(row * ScenePixels.Count, ScenePixels.Count));
            tokenizer.Encode(caption, ids.AsSpan(row * length, length), mask.AsSpan(row * length, length));
        }

        return new TrainingBatch(scenes.Count, pixels, ids, mask);
    }
}
