using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using static Microsoft.ML.ModalityGap.Tests.OnnxGraphWriter;

namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public class EmbedClipTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void EmbedClipImages_ClipShaped_HasCosineOf9999WithGolden(bool onnxInSubfolder)
    {
        using var folder = new ClipShapedFolder(onnxInSubfolder);
        var context = new MLContext(seed: 1);
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.GetPath("clip-shaped", "golden.json")));
        var images = golden.RootElement.GetProperty("images").EnumerateObject().ToArray();
        var data = context.Data.LoadFromEnumerable(images.Select(image => new PathRow { Path = image.Name }));
        var estimator = context.Transforms.EmbedClipImages(
            "Image", "Path", folder.Path, new EmbedClipImagesOptions
            {
                Preprocessing = ClipShapedFolder.GoldenPreprocessing,
                ImageFolder = SharedData.GetPath("clip-shaped", "images"),
                Encoder = new() { BatchSize = 3 },
            });
        using var model = estimator.Fit(data);
        var output = model.Transform(data);
        CollectionAssert.AreEqual(new[] { "Path", "Image" }, output.Schema.Select(column => column.Name).ToArray(), "No column in between stays.");

        var rows = output.GetColumn<float[]>("Image").ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var expected = images[i].Value.GetProperty("image_embeds").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            var product = rows[i].Zip(expected, (a, b) => a * b).Sum();
            var cosine = product / Math.Sqrt(rows[i].Sum(a => (double)a * a) * expected.Sum(b => b * b));
            Assert.IsGreaterThanOrEqualTo(0.9999, cosine, images[i].Name);
        }
    }

    [TestMethod]
    public void EmbedClipText_ClipShaped_IsWithin1e4OfGoldenAlsoWhenLoaded()
    {
        using var folder = new ClipShapedFolder();
        var context = new MLContext(seed: 1);
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.GetPath("clip-shaped", "golden.json")));
        var texts = golden.RootElement.GetProperty("texts").EnumerateArray().ToArray();
        var data = context.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Caption = text.GetProperty("text").GetString()! }));
        using var model = context.Transforms.EmbedClipText("Text", "Caption", folder.Path).Fit(data);
        using var loaded = (TransformerChain<ITransformer>)ComponentConformance.SaveAndLoad(model, data.Schema, out _);
        using var engine = context.Model.CreatePredictionEngine<TextRow, TextEmbedding>(loaded, new PredictionEngineOptions { OwnsTransformer = false });

        var output = loaded.Transform(data);
        CollectionAssert.AreEqual(new[] { "Caption", "Other", "Text" }, output.Schema.Select(column => column.Name).ToArray(), "No column in between stays.");
        var rows = output.GetColumn<float[]>("Text").ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var expected = texts[i].GetProperty("text_embeds").EnumerateArray().Select(value => value.GetSingle()).ToArray();
            var caption = texts[i].GetProperty("text").GetString()!;
            Onnx.EncoderFixture.AreClose(expected, rows[i], 1e-4, caption);
            Onnx.EncoderFixture.AreClose(expected, engine.Predict(new TextRow { Caption = caption }).Text, 1e-4, "prediction engine: " + caption);
        }
    }

    /// <summary>The same encoder in both layouts: its weights are where its pixels are, and the embedding is the same, also when loaded.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void EmbedClipImages_ChannelsLast_IsAsChannelsFirst(bool statesSize)
    {
        using var folder = new TemporaryFolder();
        var pixels = TestImages.CreateOpaquePixels(9, 7, seed: 5);
        File.WriteAllBytes(folder.File("a.png"), TestImages.Encode(pixels, 9, 7));
        float[] Embed(bool channelsLast)
        {
            // What is seen of 4 x 6 pixels: every number by a weight of its own.
            object[] shape = (channelsLast, statesSize) switch
            {
                (true, true) => ["batch", 4, 6, 3],
                (true, false) => ["batch", "height", "width", 3],
                (false, true) => ["batch", 3, 4, 6],
                _ => ["batch", 3, "height", "width"],
            };
            var weights = Enumerable.Range(0, 72).SelectMany(i => Enumerable.Range(0, 5).Select(k => MathF.Sin(5 * (channelsLast ? (i % 3 * 24) + (i / 3) : i) + k))).ToArray();
            File.WriteAllBytes(folder.File("model.onnx"), new OnnxGraphWriter(opset: 18).Input("pixel_values", Float32, shape)
                .Node("Reshape", ["pixel_values", "flat"], ["row"]).Initializer("flat", new long[] { 0, 72 }, 2)
                .Node("MatMul", ["row", "weights"], ["image_embeds"]).Initializer("weights", weights, 72, 5).Output("image_embeds", Float32, "batch", 5).ToArray());
            var context = new MLContext(seed: 1);
            var data = context.Data.LoadFromEnumerable([new PathRow { Path = folder.File("a.png") }]);
            var preprocessing = ClipImagePreprocessing.OpenAIClip with { Size = 5, Width = 6, Height = 4 };
            using var model = context.Transforms.EmbedClipImages("Image", "Path", folder.Path, new EmbedClipImagesOptions { Preprocessing = preprocessing }).Fit(data);
            using var loaded = (TransformerChain<ITransformer>)ComponentConformance.SaveAndLoad(model, data.Schema, out _);
            CollectionAssert.AreEqual(model.Transform(data).GetColumn<float[]>("Image").Single(), loaded.Transform(data).GetColumn<float[]>("Image").Single());
            return loaded.Transform(data).GetColumn<float[]>("Image").Single();
        }

        var expected = Embed(channelsLast: false);
        Assert.IsGreaterThan(0.1f, expected.Max());
        Onnx.EncoderFixture.AreClose(expected, Embed(channelsLast: true), 1e-5, "channels last");
    }

    [TestMethod]
    public void EmbedClipImages_WithExifOption_TurnsImages()
    {
        using var folder = new TemporaryFolder();

        // Two rows and one column are looked at: the mean of the upper half of the red channel.
        File.WriteAllBytes(folder.File("vision_model.onnx"), new OnnxGraphWriter(opset: 18)
            .Input("pixel_values", Float32, "batch", 3, 2, 2).Node("ReduceMean", ["pixel_values", "axes"], ["image_embeds"], ("keepdims", 0)).Initializer("axes", new long[] { 1, 3 }, 2)
            .Output("image_embeds", Float32, "batch", 2).ToArray());
        File.WriteAllText(folder.File("open_clip_config.json"), """{"preprocess_cfg":{"size":2,"mean":[0,0,0],"std":[1,1,1],"resize_mode":"squash","interpolation":"bilinear"}}""");
        byte[] upperHalfWhite = [.. Enumerable.Repeat(byte.MaxValue, 8), 0, 0, 0, 255, 0, 0, 0, 255];
        byte[] png = TestImages.Encode(upperHalfWhite, 2, 2), upsideDown = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0];
        File.WriteAllBytes(folder.File("a.png"), [.. png[..33], .. TestImages.CreateChunk("eXIf", upsideDown), .. png[33..]]);
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new PathRow { Path = folder.File("a.png") }]);
        float[] Embed(bool applies)
        {
            using var model = context.Transforms.EmbedClipImages("Image", "Path", folder.Path, new EmbedClipImagesOptions { ApplyExifOrientation = applies }).Fit(data);
            return model.Transform(data).GetColumn<float[]>("Image").Single();
        }

        CollectionAssert.AreEqual(new[] { 1f, 0f }, Embed(applies: false));
        CollectionAssert.AreEqual(new[] { 0f, 1f }, Embed(applies: true));
    }

    [TestMethod]
    public void EmbedClipText_ColumnsNamedLikeThoseBetween_AreKept()
    {
        using var folder = new ClipShapedFolder();
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new TextRow { Caption = "a cat" }]);
        data = context.Transforms.CopyColumns("Text.input_ids", "Caption").Fit(data).Transform(data);
        using var model = context.Transforms.EmbedClipText("Text", "Caption", folder.Path).Fit(data);
        var output = model.Transform(data);
        CollectionAssert.AreEqual(new[] { "Caption", "Other", "Text.input_ids", "Text" }, output.Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual("a cat", output.GetColumn<string>("Text.input_ids").Single());
    }

    [TestMethod]
    public void EmbedClipText_ClipShaped_Conforms()
    {
        // One batch size everywhere, as the kernels for one row and for many round differently.
        using var folder = new ClipShapedFolder();
        ComponentConformance.Check(
            context => context.Transforms.EmbedClipText("Text", "Caption", folder.Path, new EmbedClipTextOptions
            {
                Tokenizer = new ClipTokenizerOptions { LowerCase = false },
                Encoder = new EncodeWithOnnxOptions { BatchSize = 1 },
            }),
            context => context.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new TextRow { Caption = $"caption {i} of a dog", Other = i })),
            ["Caption"],
            ["Text"]);
    }

    [TestMethod]
    public void EmbedClip_BothTowersInModelOnnx_EachTakesItsOwn()
    {
        // An encoder of 4×4 images whose embedding is the pixels, and of texts whose embedding is their 5 ids.
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("preprocessor_config.json"), ClipShapedFolder.PreprocessorConfig);
        foreach (var name in new[] { "vocab.json", "merges.txt" })
            File.CreateSymbolicLink(folder.File(name), SharedData.GetPath("clip-bpe", name));
        File.WriteAllBytes(folder.File("model.onnx"), new OnnxGraphWriter()
            .Input("input_ids", OnnxGraphWriter.Int64, "batch", 5).Input("pixel_values", Float32, "batch", 3, 4, 4)
            .Node("Flatten", ["pixel_values"], ["image_embeds"]).Node("Cast", ["input_ids"], ["text_embeds"], ("to", Float32))
            .Output("text_embeds", Float32, "batch", 5).Output("image_embeds", Float32, "batch", 48).ToArray());
        var context = new MLContext(seed: 1);
        var texts = context.Data.LoadFromEnumerable([new TextRow { Caption = "a photo of a cat" }, new TextRow { Caption = "a" }]);
        using var text = context.Transforms.EmbedClipText("Text", "Caption", folder.Path).Fit(texts);
        var ids = text.Transform(texts).GetColumn<float[]>("Text").ToArray();
        CollectionAssert.AreEqual(new float[] { 49406, 320, 1125, 539, 49407 }, ids[0], "The length is the encoder's.");
        CollectionAssert.AreEqual(new float[] { 49406, 320, 49407, 49407, 49407 }, ids[1]);

        using (var image = MLImage.CreateFromPixels(8, 6, MLPixelFormat.Bgra32, [.. Enumerable.Repeat((byte)255, 8 * 6 * 4)]))
            image.Save(folder.File("white.png"));
        var images = context.Data.LoadFromEnumerable([new PathRow { Path = "white.png" }]);
        using var model = context.Transforms.EmbedClipImages("Image", "Path", folder.Path, new EmbedClipImagesOptions { ImageFolder = folder.Path }).Fit(images);
        var pixels = model.Transform(images).GetColumn<float[]>("Image").Single();
        Assert.HasCount(48, pixels, "The size is the encoder's.");
        Assert.AreEqual((1 - 0.48145466) / 0.26862954, pixels[0], 1e-5);
        Assert.AreEqual((1 - 0.40821073) / 0.27577711, pixels[47], 1e-5);
    }

    [TestMethod]
    public void EmbedClipImages_UnusableImageSkipped_IsMarked()
    {
        using var folder = new ClipShapedFolder();
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new PathRow { Path = "cats.jpg" }, new PathRow { Path = "absent.jpg" }]);
        using var model = context.Transforms.EmbedClipImages("Image", "Path", folder.Path, new EmbedClipImagesOptions
        {
            ImageFolder = SharedData.GetPath("clip-shaped", "images"),
            UnusableRows = UnusableRows.Skip,
        }).Fit(data);
        CollectionAssert.AreEqual(new[] { true, false }, model.Transform(data).GetColumn<bool>("Image.IsValid").ToArray());
    }

    [TestMethod]
    public void EmbedClip_FilesMissing_AreNamed()
    {
        using var folder = new TemporaryFolder();
        var transforms = new MLContext().Transforms;
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => transforms.EmbedClipImages("A", "B", folder.Path)).Message, "vision_model.onnx");
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => transforms.EmbedClipText("A", "B", folder.Path)).Message, "text_model.onnx");
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => transforms.EmbedClipText("A", "B", folder.File("absent")));
        File.WriteAllBytes(folder.File("vision_model.onnx"), MatMul("pixel_values", "image_embeds", [1, 2], 2, 1));
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => transforms.EmbedClipImages("A", "B", folder.Path)).Message, "preprocessor_config.json");

        var data = new MLContext().Data.LoadFromEnumerable([new PathRow { Path = "x.png" }]);
        var estimator = transforms.EmbedClipImages("A", "Path", folder.Path, new EmbedClipImagesOptions { Preprocessing = ClipImagePreprocessing.OpenAIClip });
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => estimator.Fit(data)).Message, "float32 (batch, 2)");
    }

    public sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    public sealed class TextRow
    {
        public string Caption { get; set; } = "";

        public int Other { get; set; }
    }

    public sealed class TextEmbedding
    {
        public float[] Text { get; set; } = [];
    }
}
