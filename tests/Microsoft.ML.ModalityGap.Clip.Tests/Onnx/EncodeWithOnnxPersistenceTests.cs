using Microsoft.ML.ModalityGap.Tests.Conformance;
using static Microsoft.ML.ModalityGap.Tests.Clip.Onnx.EncoderFixture;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

[TestClass]
public class EncodeWithOnnxPersistenceTests
{
    [TestMethod]
    [DataRow(null, 7, true)]
    [DataRow(4, 32, true)]
    [DataRow(null, 16, false)]
    public void EncodeWithOnnx_NonDefaultOptions_Conforms(object? fixedBatch, int batchSize, bool embed)
    {
        // Products with a row of weights are exact in any batch, so that rows and batches can be compared bit for bit.
        using var fixture = new EncoderFixture();
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixels", OnnxGraphWriter.Float32, fixedBatch ?? "batch", Inputs)
            .Initializer("W", CreateFloats(Inputs, seed: 5), Inputs)
            .Node("Mul", ["pixels", "W"], ["image_embeds"]).Node("Neg", ["image_embeds"], ["other"])
            .Output("image_embeds", OnnxGraphWriter.Float32, fixedBatch ?? "batch", Inputs).Output("other", OnnxGraphWriter.Float32, fixedBatch ?? "batch", Inputs)
            .ToArray());
        ComponentConformance.Check(
            context => context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions
            {
                BatchSize = batchSize,
                EmbedModel = embed,
                OutputName = "other",
                IntraOpNumThreads = 1,
                Inputs = [new OnnxEncoderInput("pixels", "pixel_values")],
            }),
            context => context.Data.LoadFromEnumerable(
                Enumerable.Range(0, 300).Select(i => new Row { Name = $"row {i}", Number = i, pixel_values = CreateFloats(Inputs, seed: i) }), Schema(Inputs)),
            ["pixel_values"],
            ["Embedding"]);
    }

    [TestMethod]
    public void Load_EmbeddedModel_NeedsNoFile()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(5);
        var path = fixture.SaveMatMul();
        using var fitted = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { BatchSize = 3 }).Fit(data);
        File.Delete(path);
        using var loaded = (EncodeWithOnnxTransformer)ComponentConformance.SaveAndLoad(fitted, data.Schema, out _);
        Assert.IsTrue(loaded.EmbedsModel);
        Assert.AreEqual(3, loaded.BatchSize);
        Assert.AreEqual("image_embeds", loaded.OutputName);
        AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 103)), ReadEmbeddings(loaded.Transform(data))[3], 1e-6, "row 3");
    }

    [TestMethod]
    public void Load_ModelByPath_NeedsTheSameFile()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(5);
        var path = fixture.SaveMatMul();
        using var fitted = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { EmbedModel = false }).Fit(data);
        using (var loaded = (EncodeWithOnnxTransformer)ComponentConformance.SaveAndLoad(fitted, data.Schema, out _))
        {
            Assert.IsFalse(loaded.EmbedsModel);
            Assert.AreEqual(path, loaded.ModelPath);
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 103)), ReadEmbeddings(loaded.Transform(data))[3], 1e-6, "row 3");
        }

        using (var changed = (EncodeWithOnnxTransformer)ComponentConformance.SaveAndLoad(fitted, data.Schema, out _))
        {
            fixture.Save(OnnxGraphWriter.MatMul("pixel_values", "image_embeds", CreateFloats(Inputs * 5, seed: 1), Inputs, 5));
            var exception = Assert.ThrowsExactly<InvalidDataException>(() => ReadEmbeddings(changed.Transform(data)));
            StringAssert.Contains(exception.Message, "has changed since the pipeline was fitted");
        }

        File.Delete(path);
        var missing = Catch(() => ComponentConformance.SaveAndLoad(fitted, data.Schema, out _));
        StringAssert.Contains(missing.ToString(), path);
        StringAssert.Contains(missing.ToString(), "EmbedModel");
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public void Load_DamagedModel_IsRefused()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(2);
        using var fitted = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul()).Fit(data);
        using var stream = new MemoryStream();
        fixture.Context.Model.Save(fitted, data.Schema, stream);
        foreach (var (what, damaged) in Damage.Cut(stream.ToArray()))
            Assert.IsTrue(Damage.IsRefused(damaged, content => fixture.Context.Model.Load(content, out _), what), what);
        foreach (var (what, damaged) in Damage.Flip(stream.ToArray(), step: 17))
        {
            // Some bytes of a zip archive mean nothing; what loads must encode as before.
            Damage.IsRefused(damaged, content => AssertSame(fixture, content, data, what), what);
        }
    }

    private static void AssertSame(EncoderFixture fixture, Stream content, IDataView data, string what)
    {
        if (fixture.Context.Model.Load(content, out _) is not EncodeWithOnnxTransformer loaded)
            throw new InvalidDataException("Something else was loaded.");
        using (loaded)
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 101)), ReadEmbeddings(loaded.Transform(data))[1], 1e-6, what);
    }

    private static Exception Catch(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is not AssertFailedException)
        {
            return exception;
        }

        throw new AssertFailedException("Nothing was thrown.");
    }
}
