using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace TinyClip;

/// <summary>How well a trained pair of encoders does on scenes of one split.</summary>
/// <param name="FullCaptions">The library's measures between the pictures and their first captions, which tell everything.</param>
/// <param name="AnyCaptionRecallAt1">Text to image: the share of all captions, brief ones too, that find their picture first.</param>
/// <param name="OrderAccuracy">The share of scenes of two groups whose caption fits them better than the scene with the groups swapped.</param>
/// <param name="ZeroShotAccuracy">The share of single objects whose colour and shape, 64 classes, are told from prompts alone.</param>
internal sealed record EvaluationReport(ModalityGapMetrics FullCaptions, double AnyCaptionRecallAt1, double OrderAccuracy, double ZeroShotAccuracy)
{
    internal const int SceneCount = 500;

    private static readonly string[] s_templates =
        ["a {0}", "one {0}", "a drawing of a {0}", "a picture of a {0}", "a photo of a {0}", "a small {0}", "a large {0}", "a striped {0}", "a dotted {0}"];

    /// <summary>Measures over <see cref="SceneCount"/> scenes, and as many of a single object.</summary>
    internal static EvaluationReport Create(OnnxDualEncoder encoder, SceneSplit split, ulong seed = 1)
    {
        var scenes = SceneDataset.Create(split, SceneCount, seed);
        var images = encoder.EncodeImages(scenes);
        ModalityGapMetrics? full = null;
        var recall = 0.0;
        for (var i = 0; i < Scene.CaptionCount; i++)
        {
            var metrics = Measure(images, encoder.EncodeTexts(scenes.Select(scene => scene.Captions[i])));
            full ??= metrics;
            recall += metrics.FirstToSecond.RecallAt(1) / Scene.CaptionCount;
        }

        return new EvaluationReport(full!, recall, MeasureOrder(encoder, [.. scenes.Where(scene => scene.Swapped is { } swapped && swapped != scene)]), ClassifyObjects(encoder, split, seed));
    }

    /// <summary>The measures as text.</summary>
    internal string Describe(SceneSplit split)
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            $"{SceneCount} scenes of the {split.ToString().ToLowerInvariant()} split, each with its first caption, which tells everything:",
            FullCaptions,
            $"all {Scene.CaptionCount} captions of each scene, brief ones too:",
            string.Create(culture, $"Text->Image: recall@1 {AnyCaptionRecallAt1:F4}"),
            string.Create(culture, $"caption or scene with the two groups swapped: {OrderAccuracy:F4} right (guessing 0.5)"),
            string.Create(culture, $"zero-shot, {SceneCount} single objects, 8 colours x 8 shapes: {ZeroShotAccuracy:F4} right (guessing 0.0156)"));
    }

    private static ModalityGapMetrics Measure(float[][] images, float[][] texts)
    {
        var context = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(Pair));
        schema[nameof(Pair.Text)].ColumnType = schema[nameof(Pair.Image)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, images[0].Length);
        var data = context.Data.LoadFromEnumerable(texts.Zip(images, (text, image) => new Pair { Text = text, Image = image }), schema);
        return context.ModalityGap().Evaluate(data, nameof(Pair.Text), nameof(Pair.Image));
    }

    private static double MeasureOrder(OnnxDualEncoder encoder, IReadOnlyList<Scene> scenes)
    {
        var texts = encoder.EncodeTexts(scenes.Select(scene => scene.Captions[0]));
        var images = encoder.EncodeImages(scenes);
        var swapped = encoder.EncodeImages(scenes.Select(scene => scene.Swapped!));
        return Enumerable.Range(0, scenes.Count).Count(i => Cosine(texts[i], images[i]) > Cosine(texts[i], swapped[i])) / (double)scenes.Count;
    }

    private static double ClassifyObjects(OnnxDualEncoder encoder, SceneSplit split, ulong seed)
    {
        var classes = Enum.GetValues<SceneColor>().SelectMany(_ => Enum.GetValues<SceneShape>(), (color, shape) => (color, shape)).ToArray();
        var prototypes = classes.Select(kind =>
        {
            var prompts = s_templates.Select(template => string.Format(null, template, $"{kind.color} {kind.shape}".ToLowerInvariant()));
            return Mean(encoder.EncodeTexts(prompts));
        }).ToArray();

        var scenes = SceneDataset.Create(split, SceneCount, seed, scene => scene.ObjectCount == 1);
        var images = encoder.EncodeImages(scenes);
        return Enumerable.Range(0, scenes.Count).Count(i =>
            classes[Enumerable.Range(0, classes.Length).MaxBy(c => Cosine(images[i], prototypes[c]))] == (scenes[i].First.Color, scenes[i].First.Shape))
            / (double)scenes.Count;
    }

    /// <summary>The mean of the normalised vectors.</summary>
    private static float[] Mean(float[][] vectors)
    {
        var mean = new float[vectors[0].Length];
        foreach (var vector in vectors)
        {
            var norm = Math.Sqrt(vector.Sum(x => (double)x * x));
            for (var i = 0; i < mean.Length; i++)
                mean[i] += (float)(vector[i] / norm / vectors.Length);
        }

        return mean;
    }

    private static float Cosine(float[] x, float[] y) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(x, y);

    private sealed class Pair
    {
        public float[] Text { get; set; } = [];

        public float[] Image { get; set; } = [];
    }
}
