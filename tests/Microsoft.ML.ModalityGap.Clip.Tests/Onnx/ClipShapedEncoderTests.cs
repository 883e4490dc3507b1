using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using Microsoft.ML.OnnxRuntime;
using static Microsoft.ML.ModalityGap.Tests.Clip.Onnx.EncoderFixture;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

/// <summary>The encoders of <c>clip-shaped</c>, batched, against ONNX Runtime asked for one row at a time.</summary>
[TestClass]
public class ClipShapedEncoderTests
{
    [TestMethod]
    public void EncodeWithOnnx_RandomPixels_EqualsOneRowRuns()
    {
        var path = SharedData.GetPath("clip-shaped", "vision_model.onnx");
        var context = new MLContext(seed: 1);
        const int Length = 3 * 224 * 224;
        var pixels = Enumerable.Range(0, 21).Select(i => CreateFloats(Length, seed: i)).ToArray();
        var data = context.Data.LoadFromEnumerable(pixels.Select(values => new Row { pixel_values = values }), Schema(Length));
        using var transformer = context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { BatchSize = 8 }).Fit(data);
        Assert.AreEqual(64, transformer.Dimension);

        var rows = ReadEmbeddings(transformer.Transform(data));
        using var session = new InferenceSession(path);
        for (var i = 0; i < rows.Length; i++)
            AreClose(RunAlone(session, "image_embeds", ("pixel_values", pixels[i], [1, 3, 224, 224])), rows[i], 1e-5, $"row {i}");
    }

    [TestMethod]
    public void EncodeWithOnnx_RandomIds_EqualsOneRowRunsAndSurvivesSaving()
    {
        var path = SharedData.GetPath("clip-shaped", "text_model.onnx");
        var context = new MLContext(seed: 1);
        var random = new Random(4);
        var texts = Enumerable.Range(0, 40).Select(_ => CreateText(random)).ToArray();
        var data = context.Data.LoadFromEnumerable(texts);
        using var fitted = context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { BatchSize = 16 }).Fit(data);
        using var transformer = (EncodeWithOnnxTransformer)ComponentConformance.SaveAndLoad(fitted, data.Schema, out _);

        var rows = ReadEmbeddings(transformer.Transform(data));
        using var session = new InferenceSession(path);
        for (var i = 0; i < rows.Length; i++)
        {
            var expected = RunAlone(session, "text_embeds", ("input_ids", texts[i].input_ids, [1, 77]), ("attention_mask", texts[i].attention_mask, [1, 77]));
            AreClose(expected, rows[i], 1e-5, $"row {i}");
        }
    }

    private static TextRow CreateText(Random random)
    {
        var length = random.Next(3, 77);
        var ids = Enumerable.Range(0, 77).Select(i => i == 0 ? 49406L : i < length ? random.Next(49406) : 49407).ToArray();
        return new TextRow { input_ids = ids, attention_mask = [.. Enumerable.Range(0, 77).Select(i => i <= length ? 1L : 0)] };
    }

    public sealed class TextRow
    {
        [VectorType(77)]
        public long[] input_ids { get; set; } = [];

        [VectorType(77)]
        public long[] attention_mask { get; set; } = [];
    }
}
