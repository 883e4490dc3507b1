using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace TinyClip.Tests;

/// <summary>What the encoder's options cost the trained encoders, and what they do not.</summary>
[TestClass]
public sealed class EncoderOptionsTests
{
    private static readonly MLContext s_context = new(seed: 1);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Captions_WithoutTheirPadding_HaveTheSameEmbeddings()
    {
        var (padded, wasCut) = EncodeTexts(new EncodeWithOnnxOptions { CutPadding = false });
        Assert.IsNull(wasCut);
        var (cut, isCut) = EncodeTexts(new EncodeWithOnnxOptions());
        Assert.AreEqual(true, isCut);
        for (var i = 0; i < cut.Length; i++)
        {
            var tolerance = 1e-5f * TensorPrimitives.Norm(padded[i]);
            for (var d = 0; d < cut[i].Length; d++)
                Assert.AreEqual(padded[i][d], cut[i][d], tolerance, $"caption {i}, dimension {d}");
        }
    }

    [TestMethod]
    [DataRow(OnnxWeights.Float16, 0.99999)]
    [DataRow(OnnxWeights.Int8, 0.999)]
    [DataRow(OnnxWeights.Int8Products, 0.99)]
    public void Weights_Smaller_LoseLittle(OnnxWeights weights, double lowest)
    {
        var (whole, _) = EncodeTexts(new EncodeWithOnnxOptions());
        var (small, isCut) = EncodeTexts(new EncodeWithOnnxOptions { Weights = weights });
        Assert.AreEqual(true, isCut, "captions lose their padding with any weights");
        var texts = whole.Zip(small, (x, y) => (double)TensorPrimitives.CosineSimilarity<float>(x, y)).Order().ToArray();
        TestContext.WriteLine($"{weights}: cosine of texts, lowest {texts[0]:F6}, median {texts[texts.Length / 2]:F6}");
        Assert.IsGreaterThan(lowest, texts[0]);

        var images = EncodeImages(new EncodeWithOnnxOptions()).Zip(EncodeImages(new EncodeWithOnnxOptions { Weights = weights }), (x, y) => (double)TensorPrimitives.CosineSimilarity<float>(x, y)).Order().ToArray();
        TestContext.WriteLine($"{weights}: cosine of images, lowest {images[0]:F6}, median {images[images.Length / 2]:F6}");
        Assert.IsGreaterThan(lowest, images[0]);
    }

    private static (float[][] Embeddings, bool? CutsPadding) EncodeTexts(EncodeWithOnnxOptions options)
    {
        var data = s_context.Data.LoadFromEnumerable(SceneDataset.Create(SceneSplit.Test, 100, seed: 5).SelectMany(scene => scene.Captions).Select(caption => new Item { Caption = caption }).ToList());
        using var model = s_context.Transforms.EmbedClipText("Text", nameof(Item.Caption), TinyClipModel.FindFolder(), new EmbedClipTextOptions { Encoder = options }).Fit(data);
        var embeddings = model.Transform(data).GetColumn<float[]>("Text").ToArray();
        return (embeddings, model.OfType<EncodeWithOnnxTransformer>().Single().CutsPadding);
    }

    private static float[][] EncodeImages(EncodeWithOnnxOptions options)
    {
        const int size = TinyClipModel.ImageSize;
        var random = new Random(3);
        var data = s_context.Data.LoadFromEnumerable(Enumerable.Range(0, 50).Select(_ => new Item { Pixels = [.. Enumerable.Range(0, 3 * size * size).Select(_ => random.NextSingle())] }).ToList());
        using var model = s_context.Transforms.EncodeWithOnnx(
            "Image", Path.Combine(TinyClipModel.FindFolder(), TinyClipModel.VisionFile), options with { Inputs = [new OnnxEncoderInput("pixel_values", nameof(Item.Pixels))] }).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Image")];
    }

    private sealed class Item
    {
        public string Caption { get; set; } = "";

        [VectorType(3 * TinyClipModel.ImageSize * TinyClipModel.ImageSize)]
        public float[] Pixels { get; set; } = new float[3 * TinyClipModel.ImageSize * TinyClipModel.ImageSize];
    }
}
