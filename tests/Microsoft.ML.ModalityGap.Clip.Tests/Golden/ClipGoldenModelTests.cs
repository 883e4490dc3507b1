using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Clip;
using Microsoft.ML.ModalityGap.Tests.Clip.Text;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Tests.Golden;

/// <summary>
/// Models with the front end in them as 0.1.0 wrote them: the encoder, the preprocessing, the tokenizer. Those of the first form name this package's assembly for ML.NET to load, those
/// "-packaged" are loaded by way of the core, which can say what is missing.
/// </summary>
[TestClass]
public class ClipGoldenModelTests
{
    private const int Inputs = 6, Outputs = 4;

    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    [DataRow("model-encoder")]
    [DataRow("model-encoder-packaged")]
    public void Model_WithAnEncoderAndAMapBehindIt(string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.onnx"), OnnxGraphWriter.MatMul("Pixels", "image_embeds", StoredGolden.Rows(Inputs, Outputs, 1), Inputs, Outputs));
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Inputs);
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new Row { Pixels = StoredGolden.Rows(1, Inputs, i) }), schema);
        StoredGolden.Check(
            name,
            path => _context.Model.Save(
                _context.Transforms.EncodeWithOnnx("Image", folder.File("model.onnx"), new EncodeWithOnnxOptions { BatchSize = 3, Inputs = [new OnnxEncoderInput("Pixels", "Pixels")] })
                    .Append(_context.Transforms.CenterModalities("Image")).Fit(data), data.Schema, path),
            path => ColumnValues.Read(new MLContext().Model.Load(path, out _).Transform(data), "Image").SelectMany(row => row));
    }

    [TestMethod]
    [DataRow("model-tokenizer")]
    [DataRow("model-tokenizer-packaged")]
    public void Model_WithATokenizer(string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("spiece.model"), TinySentencePiece.Create());
        var data = _context.Data.LoadFromEnumerable([new Caption { Text = "a photo of cats" }, new Caption { Text = "" }, new Caption { Text = "dog 東" }]);
        StoredGolden.Check(
            name,
            path => _context.Model.Save(_context.Transforms.TokenizeClipText(ClipTokenizer.FromSentencePiece(folder.File("spiece.model")), "Text").Fit(data), data.Schema, path),
            path => ColumnValues.Read(new MLContext().Model.Load(path, out _).Transform(data), "input_ids", "attention_mask").SelectMany(row => row));
    }

    [TestMethod]
    [DataRow("model-preprocessing")]
    [DataRow("model-preprocessing-packaged")]
    public void Model_WithPreprocessing(string name)
    {
        byte[] pixels = [.. Enumerable.Range(0, 12 * 10 * 4).Select(i => i % 4 == 3 ? byte.MaxValue : (byte)(37 * i % 251))];
        var data = _context.Data.LoadFromEnumerable([new Picture { Content = TestImages.Encode(pixels, 12, 10, SKEncodedImageFormat.Png) }]);
        StoredGolden.Check(
            name,
            path => _context.Model.Save(
                _context.Transforms.PreprocessClipImages("Pixels", "Content", new PreprocessClipImagesOptions { Preprocessing = ClipImagePreprocessing.OpenAIClip with { Size = 6 } }).Fit(data), data.Schema, path),
            path => ColumnValues.Read(new MLContext().Model.Load(path, out _).Transform(data), "Pixels").SelectMany(row => row));
    }

    private sealed class Row
    {
        public float[] Pixels { get; set; } = [];
    }

    private sealed class Caption
    {
        public string Text { get; set; } = "";
    }

    private sealed class Picture
    {
        public byte[] Content { get; set; } = [];
    }
}
