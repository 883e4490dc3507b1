using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Clip;
using Microsoft.ML.OnnxRuntime;
using static Microsoft.ML.ModalityGap.Tests.OnnxGraphWriter;

namespace Microsoft.ML.ModalityGap.Tests.Baking;

[TestClass]
public sealed class AppendToOnnxTests : IDisposable
{
    private const int Inputs = 6, Dimension = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);
    private readonly float[] _matrix = Floats(Inputs * Dimension, 1);
    private readonly float[] _rows = Floats(5 * Inputs, 2);
    private readonly EmbeddingMap _map = new(Dimension, new L2NormalizeStep(), new TranslateStep(Floats(Dimension, 3)), new ProjectStep(Floats(3 * Dimension, 4), rows: 3), new L2NormalizeStep());

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void AppendToOnnx_Encoder_YieldsMappedEmbeddingsUnderTheSameName()
    {
        var encoder = Save("encoder.onnx", MatMul("pixel_values", "image_embeds", _matrix, Inputs, Dimension));
        var model = _context.ModalityGap().CreateTransformer(
            ModalityColumns.PerColumn("image", "text"), new ModalityMap("image", _map), new ModalityMap("text", new EmbeddingMap(Dimension)));
        _context.ModalityGap().AppendToOnnx(encoder, model, "image", _folder.File("closed.onnx"));

        AssertMapped(encoder, _folder.File("closed.onnx"), "image_embeds", "image_embeds");
        using var session = new InferenceSession(_folder.File("closed.onnx"));
        Assert.HasCount(1, session.OutputMetadata);
        CollectionAssert.AreEqual(new[] { -1, 3 }, session.OutputMetadata["image_embeds"].Dimensions);
        Assert.AreEqual("batch", session.OutputMetadata["image_embeds"].SymbolicDimensions[0]);
        var metadata = session.ModelMetadata.CustomMetadataMap;
        Assert.AreEqual(model.Fingerprint, metadata["modality_gap.fingerprint.image_embeds"]);
        Assert.AreEqual(_map.Fingerprint, metadata["modality_gap.map_fingerprint.image_embeds"]);
        Assert.AreEqual("image", metadata["modality_gap.modality.image_embeds"]);
        Assert.AreEqual(model.Fingerprint, _context.ModalityGap().ReadOnnxFingerprints(_folder.File("closed.onnx"))["image_embeds"]);
    }

    [TestMethod]
    public void AppendToOnnx_WithAnotherName_KeepsTheEncodersOutputBesideIt()
    {
        var encoder = Save("encoder.onnx", MatMul("pixel_values", "image_embeds", _matrix, Inputs, Dimension));
        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"), new OnnxBakingOptions { MappedOutputName = "closed" });
        AssertMapped(encoder, _folder.File("closed.onnx"), "image_embeds", "closed");
        CollectionAssert.AreEqual(
            OnnxRun.Run(encoder, "image_embeds", ("pixel_values", _rows, Inputs)), OnnxRun.Run(_folder.File("closed.onnx"), "image_embeds", ("pixel_values", _rows, Inputs)));
    }

    [TestMethod]
    [DataRow(9)]
    [DataRow(11)]
    [DataRow(13)]
    [DataRow(18)]
    [DataRow(21)]
    public void AppendToOnnx_EncoderOfAnOpset_KeepsIt(int opset)
    {
        var encoder = Save("encoder.onnx", new OnnxGraphWriter(opset).Input("x", Float32, "batch", Inputs).Initializer("W", _matrix, Inputs, Dimension)
            .Node("MatMul", ["x", "W"], ["y"]).Output("y", Float32, "batch", Dimension).ToArray());
        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"));
        AssertMapped(encoder, _folder.File("closed.onnx"), "y", "y", "x");
        Assert.AreEqual(opset, OnnxModelFile.Read(_folder.File("closed.onnx")).Opset);
        Assert.AreEqual(OnnxModelFile.Read(encoder).IrVersion, OnnxModelFile.Read(_folder.File("closed.onnx")).IrVersion);
    }

    [TestMethod]
    public void AppendToOnnx_OutputThatTheGraphReadsItself_IsReadUnmapped()
    {
        // The logits stay those of the encoder's own embedding.
        var encoder = Save("encoder.onnx", new OnnxGraphWriter().Input("pixel_values", Float32, "batch", Inputs).Initializer("W", _matrix, Inputs, Dimension)
            .Initializer("C", Floats(Dimension * 2, 8), Dimension, 2)
            .Node("MatMul", ["pixel_values", "W"], ["image_embeds"]).Node("MatMul", ["image_embeds", "C"], ["logits"])
            .Output("logits", Float32, "batch", 2).Output("image_embeds", Float32, "batch", Dimension).ToArray());
        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"));
        AssertMapped(encoder, _folder.File("closed.onnx"), "image_embeds", "image_embeds");
        CollectionAssert.AreEqual(
            OnnxRun.Run(encoder, "logits", ("pixel_values", _rows, Inputs)), OnnxRun.Run(_folder.File("closed.onnx"), "logits", ("pixel_values", _rows, Inputs)));
        using var session = new InferenceSession(_folder.File("closed.onnx"));
        CollectionAssert.AreEqual(new[] { "logits", "image_embeds" }, session.OutputMetadata.Keys.ToArray());
    }

    [TestMethod]
    public void AppendToOnnx_BothTowersOneAfterTheOther_MapsBoth()
    {
        var encoder = Save("model.onnx", new OnnxGraphWriter().Input("pixel_values", Float32, "batch", Inputs).Input("input_ids", Float32, "batch", Inputs)
            .Initializer("W", _matrix, Inputs, Dimension)
            .Node("MatMul", ["pixel_values", "W"], ["image_embeds"]).Node("MatMul", ["input_ids", "W"], ["text_embeds"])
            .Output("text_embeds", Float32, "batch", Dimension).Output("image_embeds", Float32, "batch", Dimension).ToArray());
        var textMap = new EmbeddingMap(Dimension, new ScaleStep(Floats(Dimension, 12)));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("one.onnx")), "Two outputs, and none chosen");

        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("one.onnx"), new OnnxBakingOptions { OutputName = "image_embeds" });
        _context.ModalityGap().AppendToOnnx(_folder.File("one.onnx"), textMap, _folder.File("two.onnx"), new OnnxBakingOptions { OutputName = "text_embeds" });
        (string, float[], int)[] inputs = [("pixel_values", _rows, Inputs), ("input_ids", _rows, Inputs)];
        var raw = OnnxRun.Run(encoder, "image_embeds", inputs);
        OnnxRun.AssertClose(Apply(_map, raw), OnnxRun.Run(_folder.File("two.onnx"), "image_embeds", inputs), 3, "images");
        OnnxRun.AssertClose(Apply(textMap, raw), OnnxRun.Run(_folder.File("two.onnx"), "text_embeds", inputs), Dimension, "texts");
        Assert.HasCount(2, _context.ModalityGap().ReadOnnxFingerprints(_folder.File("two.onnx")));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AppendToOnnx_Float16Encoder_IsMappedInFloat32(bool keepFloat16)
    {
        var encoder = Save("encoder.onnx", new OnnxGraphWriter().Input("pixel_values", Float32, "batch", Inputs).Initializer("W", _matrix, Inputs, Dimension)
            .Node("MatMul", ["pixel_values", "W"], ["single"]).Node("Cast", ["single"], ["image_embeds"], ("to", OnnxGraphWriter.Float16))
            .Output("image_embeds", OnnxGraphWriter.Float16, "batch", Dimension).ToArray());
        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"), new OnnxBakingOptions { KeepFloat16 = keepFloat16 });

        using var raw = RunFloat16(encoder);
        var expected = Apply(_map, [.. MemoryMarshal.Cast<Float16, Half>(raw.GetTensorDataAsSpan<Float16>()).ToArray().Select(value => (float)value)]);
        if (!keepFloat16)
        {
            OnnxRun.AssertClose(expected, OnnxRun.Run(_folder.File("closed.onnx"), "image_embeds", ("pixel_values", _rows, Inputs)), 3, "float32");
            return;
        }

        using var mapped = RunFloat16(_folder.File("closed.onnx"));
        var actual = MemoryMarshal.Cast<Float16, Half>(mapped.GetTensorDataAsSpan<Float16>()).ToArray();
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], (float)actual[i], 5e-4, "a value below 1 in float16");
    }

    [TestMethod]
    public void AppendToOnnx_WeightsInAnotherFileAndFolder_CopiesThemUnderTheModelsName()
    {
        var encoder = SaveExternal();
        var target = Directory.CreateDirectory(_folder.File("target")).FullName;
        File.WriteAllText(Path.Combine(target, "weights.bin"), "somebody else's");
        _context.ModalityGap().AppendToOnnx(encoder, _map, Path.Combine(target, "closed.onnx"));

        CollectionAssert.AreEquivalent(new[] { "weights.bin", "closed.onnx", "closed.onnx_data" }, Directory.GetFiles(target).Select(Path.GetFileName).ToArray());
        Assert.AreEqual("somebody else's", File.ReadAllText(Path.Combine(target, "weights.bin")));
        AssertMapped(encoder, Path.Combine(target, "closed.onnx"), "image_embeds", "image_embeds");
    }

    [TestMethod]
    public void AppendToOnnx_WeightsThatCannotBeWritten_LeavesWhatWasThere()
    {
        var encoder = SaveExternal();
        var target = Directory.CreateDirectory(_folder.File("target")).FullName;
        var closed = Path.Combine(target, "closed.onnx");
        File.WriteAllText(closed, "an older model");
        Directory.CreateDirectory(closed + "_data");
        Assert.ThrowsExactly<IOException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, closed));

        Assert.AreEqual("an older model", File.ReadAllText(closed));
        Assert.HasCount(2, Directory.GetFileSystemEntries(target));
    }

    [TestMethod]
    public void AppendToOnnx_WeightsInAnotherFileOfTheSameFolder_SharesThem()
    {
        var encoder = SaveExternal();
        var before = Directory.GetFiles(_folder.Path).Length;
        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"));
        Assert.HasCount(before + 1, Directory.GetFiles(_folder.Path));
        AssertMapped(encoder, _folder.File("closed.onnx"), "image_embeds", "image_embeds");
    }

    [TestMethod]
    public void AppendToOnnx_WeightsMissing_NamesThemAndWritesNothing()
    {
        var encoder = SaveExternal();
        File.Delete(_folder.File("weights.bin"));
        var exception = Assert.ThrowsExactly<FileNotFoundException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx")));
        StringAssert.Contains(exception.Message, "weights.bin");
        Assert.HasCount(1, Directory.GetFiles(_folder.Path));
    }

    [TestMethod]
    [DataRow("../weights.bin")]
    [DataRow("/tmp/weights.bin")]
    public void AppendToOnnx_WeightsOutsideTheFolder_IsRefused(string location)
    {
        var encoder = Save("encoder.onnx", External(location));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"))).Message, location);
    }

    [TestMethod]
    public void AppendToOnnx_OtherDimension_NamesBoth()
    {
        var encoder = Save("encoder.onnx", MatMul("pixel_values", "image_embeds", Floats(Inputs * 7, 1), Inputs, 7));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"))).Message;
        StringAssert.Contains(message, "7 dimensions");
        StringAssert.Contains(message, "takes 4");
        Assert.IsFalse(File.Exists(_folder.File("closed.onnx")));
    }

    [TestMethod]
    public void AppendToOnnx_OtherDimensionThatTheFileDoesNotState_IsFoundByTheRuntime()
    {
        var encoder = Save("encoder.onnx", new OnnxGraphWriter().Input("x", Float32, "batch", Inputs).Initializer("W", Floats(Inputs * 7, 1), Inputs, 7)
            .Node("MatMul", ["x", "W"], ["y"]).Output("y", Float32, "batch", "d").ToArray());
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"))).Message, "was not written");
        Assert.HasCount(1, Directory.GetFiles(_folder.Path));
    }

    [TestMethod]
    public void AppendToOnnx_Twice_IsRefused()
    {
        var encoder = Save("encoder.onnx", MatMul("pixel_values", "image_embeds", _matrix, Inputs, Dimension));
        var same = new EmbeddingMap(Dimension, new L2NormalizeStep());
        _context.ModalityGap().AppendToOnnx(encoder, same, _folder.File("closed.onnx"));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(_folder.File("closed.onnx"), same, _folder.File("again.onnx"))).Message, "already");
    }

    [TestMethod]
    public void AppendToOnnx_OverTheEncoder_IsRefused()
    {
        var encoder = Save("encoder.onnx", MatMul("pixel_values", "image_embeds", _matrix, Inputs, Dimension));
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, Path.Combine(_folder.Path, ".", "encoder.onnx")));
    }

    [TestMethod]
    public void AppendToOnnx_NameThatIsTaken_IsRefused()
    {
        var encoder = Save("encoder.onnx", MatMul("pixel_values", "image_embeds", _matrix, Inputs, Dimension));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().AppendToOnnx(
                encoder, _map, _folder.File("closed.onnx"), new OnnxBakingOptions { MappedOutputName = "W" })).Message, "'W'");
    }

    [TestMethod]
    public void AppendToOnnx_OldOpset_SaysWhatIsNeeded()
    {
        var encoder = Save("encoder.onnx", new OnnxGraphWriter(8).Input("x", Float32, "batch", Dimension).Node("Identity", ["x"], ["y"]).Output("y", Float32, "batch", Dimension).ToArray());
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"))).Message, "opset 8");
    }

    [TestMethod]
    public void AppendToOnnx_CutModel_IsRefused()
    {
        var model = MatMul("pixel_values", "image_embeds", _matrix, Inputs, Dimension);
        var encoder = Save("encoder.onnx", model[..^20]);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"))).Message, "encoder.onnx");
    }

    [TestMethod]
    public void AppendToOnnx_ClipShapedEncoder_EqualsEncodingThenMapping()
    {
        using var model = new ClipShapedFolder();
        var texts = _context.Data.LoadFromEnumerable(new[] { new Caption { Text = "a red circle" }, new Caption { Text = "two cats on a sofa" } });
        float[] Embed(string folder)
        {
            using var chain = _context.Transforms.EmbedClipText("Embedding", "Text", folder).Fit(texts);
            return [.. chain.Transform(texts).GetColumn<float[]>("Embedding").SelectMany(row => row)];
        }

        var raw = Embed(model.Path);
        var dimension = raw.Length / 2;
        var map = new EmbeddingMap(dimension, new L2NormalizeStep(), new TranslateStep(Floats(dimension, 3)), new L2NormalizeStep());
        var encoder = Path.Combine(model.Path, "text_model.onnx");
        _context.ModalityGap().AppendToOnnx(encoder, map, Path.Combine(model.Path, "baked.onnx"));
        File.Delete(encoder);
        File.Move(Path.Combine(model.Path, "baked.onnx"), encoder);
        OnnxRun.AssertClose(Apply(map, raw), Embed(model.Path), dimension, "the baked encoder in its folder");
    }

    private OrtValue RunFloat16(string path)
    {
        using var session = new InferenceSession(path);
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(_rows, [5, Inputs]);
        return session.Run(options, ["pixel_values"], [input], ["image_embeds"])[0];
    }

    private void AssertMapped(string encoder, string baked, string rawName, string mappedName, string input = "pixel_values") => OnnxRun.AssertClose(
        Apply(_map, OnnxRun.Run(encoder, rawName, (input, _rows, Inputs))), OnnxRun.Run(baked, mappedName, (input, _rows, Inputs)), _map.OutputDimension, "the baked encoder");

    private string SaveExternal()
    {
        File.WriteAllBytes(_folder.File("weights.bin"), MemoryMarshal.AsBytes<float>(_matrix).ToArray());
        return Save("encoder.onnx", External("weights.bin"));
    }

    private static byte[] External(string location) => new OnnxGraphWriter().Input("pixel_values", Float32, "batch", Inputs)
        .ExternalInitializer("W", location, Inputs, Dimension).Node("MatMul", ["pixel_values", "W"], ["image_embeds"]).Output("image_embeds", Float32, "batch", Dimension).ToArray();

    private string Save(string name, byte[] model)
    {
        File.WriteAllBytes(_folder.File(name), model);
        return _folder.File(name);
    }

    private sealed class Caption
    {
        public string Text { get; set; } = "";
    }

    private static float[] Apply(EmbeddingMap map, float[] rows)
    {
        var result = new float[rows.Length / map.InputDimension * map.OutputDimension];
        map.ApplyRows(rows, result);
        return result;
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
