namespace TinyClip;

/// <summary>Pictures and captions of different scenes of the training split, as the encoders take them.</summary>
/// <param name="Pixels">(batch, 3, 64, 64), normalised.</param>
/// <param name="Ids">(batch, 32).</param>
/// <param name="Mask">(batch, 32).</param>
internal sealed record TrainingBatch(float[] Pixels, long[] Ids, long[] Mask)
{
    private const double SwapChance = 0.25;

    /// <summary>
    /// Draws a batch: new scenes, new drawings of them, new captions. Now and then a scene of two groups brings along the scene with the two swapped, which
    /// only the order of words and places tells apart.
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

        var pixels = new float[size * ScenePixels.Count];
        var ids = new long[size * TinyClipModel.ContextLength];
        var mask = new long[ids.Length];
        for (var row = 0; row < size; row++)
        {
            var scene = scenes[row];
            ScenePixels.Write(scene, random.Next(), pixels.AsSpan(row * ScenePixels.Count, ScenePixels.Count));
            var detail = random.Pick<CaptionDetail>([CaptionDetail.Full, CaptionDetail.Full, CaptionDetail.Usual, CaptionDetail.Usual, CaptionDetail.Brief]);
            var tokens = row * TinyClipModel.ContextLength;
            tokenizer.Encode(scene.WriteCaption(detail, ref random), ids.AsSpan(tokens, TinyClipModel.ContextLength), mask.AsSpan(tokens, TinyClipModel.ContextLength));
        }

        return new TrainingBatch(pixels, ids, mask);
    }
}
