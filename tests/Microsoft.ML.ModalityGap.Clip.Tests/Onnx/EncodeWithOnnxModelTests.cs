using Microsoft.ML.Data;
using static Microsoft.ML.ModalityGap.Tests.Clip.Onnx.EncoderFixture;
using static Microsoft.ML.ModalityGap.Tests.OnnxGraphWriter;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

/// <summary>What models an encoder takes: element types, shapes, one output among several, and what is refused.</summary>
[TestClass]
public class EncodeWithOnnxModelTests
{
    [TestMethod]
    public void Transform_Float16Encoder_RoundsToHalf()
    {
        // y = x + x in float16: exact but for the rounding of x, half a unit in the 11th binary digit.
        using var fixture = new EncoderFixture();
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixel_values", Float16, "batch", Inputs).Node("Add", ["pixel_values", "pixel_values"], ["embedding"]).Output("embedding", Float16, "batch", Inputs).ToArray());
        var data = fixture.CreateData(40);
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data);
        var rows = ReadEmbeddings(transformer.Transform(data));
        for (var i = 0; i < 40; i++)
            CollectionAssert.AreEqual(CreateFloats(Inputs, seed: 100 + i).Select(x => 2 * (float)(Half)x).ToArray(), rows[i]);
    }

    [TestMethod]
    [DataRow(OnnxGraphWriter.Int64)]
    [DataRow(OnnxGraphWriter.Int32)]
    public void Transform_IntegerInputs_TakeInt64Int32AndUInt32Columns(int elementType)
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(SumOfIds(elementType));
        var builder = new ArrayDataViewBuilder(fixture.Context);
        builder.AddColumn("long", NumberDataViewType.Int64, [new VBuffer<long>(3, [1, 2, 3]), new VBuffer<long>(3, [49406, 320, 49407])]);
        builder.AddColumn("int", NumberDataViewType.Int32, [new VBuffer<int>(3, [1, 2, 3]), new VBuffer<int>(3, [49406, 320, 49407])]);
        builder.AddColumn("uint", NumberDataViewType.UInt32, [new VBuffer<uint>(3, [1, 2, 3]), new VBuffer<uint>(3, [49406, 320, 49407])]);
        var data = builder.GetDataView();
        foreach (var column in new[] { "long", "int", "uint" })
        {
            using var transformer = fixture.Context.Transforms
                .EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { Inputs = [new OnnxEncoderInput("input_ids", column)] }).Fit(data);
            var rows = ReadEmbeddings(transformer.Transform(data));
            CollectionAssert.AreEqual(new float[] { 1, 2, 3 }, rows[0], column);
            CollectionAssert.AreEqual(new float[] { 49406, 320, 49407 }, rows[1], column);
        }
    }

    [TestMethod]
    public void Transform_IdBeyondInt32_ThrowsNamingColumnAndRow()
    {
        using var fixture = new EncoderFixture();
        var builder = new ArrayDataViewBuilder(fixture.Context);
        builder.AddColumn("input_ids", NumberDataViewType.Int64, [new VBuffer<long>(3, [1, 2, 3]), new VBuffer<long>(3, [1, 1L << 40, 3])]);
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.Save(SumOfIds(OnnxGraphWriter.Int32))).Fit(builder.GetDataView());
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => ReadEmbeddings(transformer.Transform(builder.GetDataView())));
        StringAssert.Contains(exception.Message, "'input_ids', row 1");
    }

    [TestMethod]
    public void Transform_BothTowersInOneFile_EitherOutputAsksOnlyForItsInputs()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(BothTowers(fixture.Matrix));
        foreach (var embed in new[] { true, false })
        {
            var options = new EncodeWithOnnxOptions { EmbedModel = embed, OutputName = "image_embeds" };
            var data = fixture.Context.Transforms.DropColumns("input_ids").Fit(fixture.CreateData(5)).Transform(fixture.CreateData(5));
            using var images = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, options).Fit(data);
            Assert.AreEqual("pixel_values", images.Inputs.Single().Name);
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 102)), ReadEmbeddings(images.Transform(data))[2], 1e-6, "image");

            var texts = fixture.Context.Transforms.DropColumns("pixel_values").Fit(fixture.CreateData(5)).Transform(fixture.CreateData(5));
            using var text = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, options with { OutputName = "text_embeds" }).Fit(texts);
            Assert.AreEqual("input_ids", text.Inputs.Single().Name);
            CollectionAssert.AreEqual(new float[] { 0, 0, 0 }, ReadEmbeddings(text.Transform(texts))[2]);

            using var reloaded = (EncodeWithOnnxTransformer)Conformance.ComponentConformance.SaveAndLoad(text, texts.Schema, out _);
            CollectionAssert.AreEqual(new float[] { 0, 0, 0 }, ReadEmbeddings(reloaded.Transform(texts))[2]);
        }
    }

    [TestMethod]
    public void Fit_SeveralEmbeddings_ListsThem()
    {
        using var fixture = new EncoderFixture();
        var exception = Refuse<InvalidDataException>(fixture, BothTowers(fixture.Matrix));
        StringAssert.Contains(exception.Message, "'image_embeds', float32 (batch, 4)");
        StringAssert.Contains(exception.Message, "'text_embeds'");
        StringAssert.Contains(exception.Message, "OutputName");
    }

    [TestMethod]
    public void Fit_OneWellKnownNameAmongOutputs_IsTaken()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixel_values", Float32, "batch", Inputs)
            .Node("Neg", ["pixel_values"], ["pooler_output"]).Node("Abs", ["pixel_values"], ["image_embeds"])
            .Output("pooler_output", Float32, "batch", Inputs).Output("image_embeds", Float32, "batch", Inputs).ToArray());
        var data = fixture.CreateData(2);
        using var taken = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data);
        using var named = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { OutputName = "pooler_output" }).Fit(data);
        var row = CreateFloats(Inputs, seed: 101);
        CollectionAssert.AreEqual(row.Select(Math.Abs).ToArray(), ReadEmbeddings(taken.Transform(data))[1]);
        CollectionAssert.AreEqual(row.Select(x => -x).ToArray(), ReadEmbeddings(named.Transform(data))[1]);
    }

    [TestMethod]
    public void Fit_TokenVectorsOnly_RefusesToPool()
    {
        using var fixture = new EncoderFixture();
        var model = new OnnxGraphWriter()
            .Input("pixel_values", Float32, "batch", 2, 3).Node("Neg", ["pixel_values"], ["last_hidden_state"]).Output("last_hidden_state", Float32, "batch", 2, 3).ToArray();
        StringAssert.Contains(Refuse<InvalidDataException>(fixture, model).Message, "export the model with its pooling");
        var named = Refuse<InvalidDataException>(fixture, model, new EncodeWithOnnxOptions { OutputName = "last_hidden_state" });
        StringAssert.Contains(named.Message, "'last_hidden_state', float32 (batch, 2, 3)");
    }

    [TestMethod]
    public void Fit_UnknownNames_ListsTheModels()
    {
        using var fixture = new EncoderFixture();
        var model = MatMul("pixel_values", "image_embeds", fixture.Matrix, Inputs, Outputs);
        var output = Refuse<InvalidDataException>(fixture, model, new EncodeWithOnnxOptions { OutputName = "embeddings" });
        StringAssert.Contains(output.Message, "no output 'embeddings'. It has 'image_embeds'");
        var input = Refuse<InvalidDataException>(fixture, model, new EncodeWithOnnxOptions { Inputs = [new OnnxEncoderInput("attention_mask", "Mask")] });
        StringAssert.Contains(input.Message, "no input 'attention_mask'");
        StringAssert.Contains(input.Message, "'pixel_values'");
    }

    [TestMethod]
    public void Fit_WrongSize_NamesTensorAndColumn()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.SaveMatMul();
        var exception = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(fixture.CreateData(2, length: 7)));
        StringAssert.Contains(exception.Message, "'pixel_values'");
        StringAssert.Contains(exception.Message, $"float32 (batch, {Inputs})");
        StringAssert.Contains(exception.Message, "Vector<Single, 7>");
    }

    [TestMethod]
    public void Fit_OpenShapes_AreFoundFromTheColumnOrTheOption()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixel_values", Float32, "batch", "channels", "width").Node("Flatten", ["pixel_values"], ["embedding"]).Output("embedding", Float32, "batch", "d").ToArray());
        var flat = fixture.CreateData(3);
        var unclear = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(flat));
        StringAssert.Contains(unclear.Message, "OnnxEncoderInput.Shape");

        var input = new OnnxEncoderInput("pixel_values", "pixel_values") { Shape = [2, 3] };
        using var told = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { Inputs = [input] }).Fit(flat);
        Assert.AreEqual(6, told.Dimension, "A dimension the model leaves open is found by a run.");
        CollectionAssert.AreEqual(CreateFloats(6, seed: 102), ReadEmbeddings(told.Transform(flat))[2]);

        var builder = new ArrayDataViewBuilder(fixture.Context);
        builder.AddColumn("pixel_values", NumberDataViewType.Single, CreateFloats(6, seed: 102));
        var shaped = SchemaDefinition.Create(typeof(Row));
        shaped[nameof(Row.pixel_values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, 2);
        var data = fixture.Context.Data.LoadFromEnumerable([new Row { pixel_values = CreateFloats(6, seed: 102) }], shaped);
        using var found = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data);
        CollectionAssert.AreEqual(new[] { 3, 2 }, found.Inputs.Single().Shape!.ToArray());
        CollectionAssert.AreEqual(CreateFloats(6, seed: 102), ReadEmbeddings(found.Transform(data))[0]);
    }

    [TestMethod]
    public void Transform_ChannelsLastColumn_IsRefused()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixel_values", Float32, "batch", 3, 2).Node("Flatten", ["pixel_values"], ["embedding"]).Output("embedding", Float32, "batch", 6).ToArray());
        var shaped = SchemaDefinition.Create(typeof(Row));
        shaped[nameof(Row.pixel_values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, 3);
        var data = fixture.Context.Data.LoadFromEnumerable([new Row { pixel_values = new float[6] }], shaped);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data));
    }

    [TestMethod]
    public void Transform_RowOfAnotherLength_ThrowsNamingColumnAndRow()
    {
        using var fixture = new EncoderFixture();
        var rows = Enumerable.Range(0, 40).Select(i => new Row { pixel_values = new float[i == 37 ? 5 : Inputs] });
        var data = fixture.Context.Data.LoadFromEnumerable(rows);
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul()).Fit(data);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => ReadEmbeddings(transformer.Transform(data)));
        StringAssert.Contains(exception.Message, "'pixel_values', row 37");
        StringAssert.Contains(exception.Message, "has 5 values");
    }

    [TestMethod]
    public void Fit_UnsupportedInput_NamesIt()
    {
        using var fixture = new EncoderFixture();
        const int Float64 = 11;
        var model = new OnnxGraphWriter().Input("pixel_values", Float64, "batch", 6).Node("Cast", ["pixel_values"], ["embedding"], ("to", Float32))
            .Output("embedding", Float32, "batch", 6).ToArray();
        StringAssert.Contains(Refuse<InvalidDataException>(fixture, model).Message, "'pixel_values', float64 (batch, 6)");
    }

    [TestMethod]
    public void Fit_NoModel_SaysSo()
    {
        using var fixture = new EncoderFixture();
        StringAssert.Contains(Refuse<InvalidDataException>(fixture, [.. "this is no model at all"u8]).Message, "no ONNX model");
        Refuse<InvalidDataException>(fixture, []);
        var cut = MatMul("pixel_values", "image_embeds", fixture.Matrix, Inputs, Outputs);
        Refuse<InvalidDataException>(fixture, cut[..^20]);
        Assert.ThrowsExactly<FileNotFoundException>(() => fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.Path("absent.onnx")));
    }

    [TestMethod]
    public void Fit_WeightsBesideTheModel_AreReadByPathOnly()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixel_values", Float32, "batch", Inputs).ExternalInitializer("W", "weights.bin", Inputs, Outputs)
            .Node("MatMul", ["pixel_values", "W"], ["image_embeds"]).Output("image_embeds", Float32, "batch", Outputs).ToArray());
        File.WriteAllBytes(fixture.Path("weights.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(fixture.Matrix).ToArray());
        var data = fixture.CreateData(3);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data));
        StringAssert.Contains(exception.Message, "'weights.bin'");
        StringAssert.Contains(exception.Message, "EmbedModel");

        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { EmbedModel = false }).Fit(data);
        AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 102)), ReadEmbeddings(transformer.Transform(data))[2], 1e-6, "row 2");
    }

    [TestMethod]
    public void Fit_GpuThatIsNotThere_SaysWhatToReferenceOrFallsBack()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.SaveMatMul();
        var data = fixture.CreateData(2);
        const int NoSuchDevice = 99;
        var exception = Assert.ThrowsExactly<InvalidOperationException>(
            () => fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { GpuDeviceId = NoSuchDevice }).Fit(data));
        StringAssert.Contains(exception.Message, "Microsoft.ML.OnnxRuntime.Gpu");
        StringAssert.Contains(exception.Message, "OnnxRuntime=Gpu");

        var warnings = new List<string>();
        var context = new MLContext { GpuDeviceId = NoSuchDevice, FallbackToCpu = true };
        context.Log += (_, message) => warnings.Add(message.Message);
        using var transformer = context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data);
        Assert.HasCount(2, ReadEmbeddings(transformer.Transform(data)));
        Assert.IsTrue(warnings.Any(warning => warning.Contains("runs on the CPU", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Options_InvalidValues_NameTheParameter()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { BatchSize = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { GpuDeviceId = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { IntraOpNumThreads = 0 });
        Assert.ThrowsExactly<ArgumentException>(() => new EncodeWithOnnxOptions { OutputName = "" });
        Assert.ThrowsExactly<ArgumentException>(() => new EncodeWithOnnxOptions { Inputs = [new("a", "b"), new("a", "c")] });
        Assert.ThrowsExactly<ArgumentException>(() => new OnnxEncoderInput("", "b"));
        Assert.ThrowsExactly<ArgumentException>(() => new OnnxEncoderInput("a", "b") { Shape = [3, 0] });
    }

    private static TException Refuse<TException>(EncoderFixture fixture, byte[] model, EncodeWithOnnxOptions? options = null)
        where TException : Exception =>
        Assert.ThrowsExactly<TException>(() => fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.Save(model), options).Fit(fixture.CreateData(2)));

    private static byte[] SumOfIds(int elementType) => new OnnxGraphWriter()
        .Input("input_ids", elementType, "batch", 3).Node("Cast", ["input_ids"], ["text_embeds"], ("to", Float32)).Output("text_embeds", Float32, "batch", 3).ToArray();

    private static byte[] BothTowers(float[] matrix) => new OnnxGraphWriter()
        .Input("input_ids", OnnxGraphWriter.Int64, "text_batch", 3)
        .Input("pixel_values", Float32, "batch", Inputs)
        .Initializer("W", matrix, Inputs, Outputs)
        .Initializer("V", CreateFloats(3 * Outputs, seed: 9), 3, Outputs)
        .Node("Cast", ["input_ids"], ["text_embeds"], ("to", Float32))
        .Node("MatMul", ["text_embeds", "V"], ["text_projected"])
        .Node("MatMul", ["pixel_values", "W"], ["image_embeds"])
        .Node("Transpose", ["text_projected"], ["text_transposed"])
        .Node("MatMul", ["image_embeds", "text_transposed"], ["logits_per_image"])
        .Output("logits_per_image", Float32, "batch", "text_batch")
        .Output("text_embeds", Float32, "text_batch", 3)
        .Output("image_embeds", Float32, "batch", Outputs)
        .ToArray();
}
