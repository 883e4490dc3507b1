namespace TinyClip;

/// <summary>Pictures and captions of different scenes, as the encoders take them.</summary>
/// <param name="Size">How many.</param>
/// <param name="Pixels">(batch, 3, 64, 64), normalised.</param>
/// <param name="Ids">(batch, 32).</param>
/// <param name="Mask">(batch, 32).</param>
internal sealed record TrainingBatch(int Size, float[] Pixels, long[] Ids, long[] Mask)
{
    private const double SwapChance = 0.25;

    /// <summary>How much captions tell, by share.</summary>
    private static readonly CaptionDetail[] s_details =
        [CaptionDetail.Full, CaptionDetail.Full, CaptionDetail.Usual, CaptionDetail.Usual, CaptionDetail.Brief];

    /// <summary>
    /// Draws a batch of the training split: new scenes, new drawings of them, new captions. Now and then a scene of two groups brings along
    /// the scene with the two swapped, which only the order of words and places tells apart.
    /// </summary>
    internal static TrainingBatch Create(int size, ulong seed, CaptionTokenizer tokenizer)
    {
        var random = new SplitMix64(seed);
        var scenes = new List<Scene>(size + 1);
        var known = new HashSet<Scene>(size + 1);
        while (scenes.Count < size)
        {
            var scene = SceneDataset.DrawLots(ref random);
            if (scene.Split != SceneSplit.Train || !known.Add(scene))
                continue;
            scenes.Add(scene);
            if (scene.Swapped is { Split: SceneSplit.Train } swapped && random.Chance(SwapChance) && known.Add(swapped))
                scenes.Add(swapped);
        }

        scenes.RemoveRange(size, scenes.Count - size);
        return Create(scenes, Describe, tokenizer);

        (string Caption, ulong Variation) Describe(Scene scene) => (scene.WriteCaption(random.Pick<CaptionDetail>(s_details), ref random), random.Next());
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
