using System.Diagnostics;
using System.Security.Cryptography;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

/// <summary>Encoders from strangers: models made to take the stack or the memory, and models that yield no numbers.</summary>
[TestClass]
public class HostileEncoderTests
{
    [TestMethod]
    public void Fit_TenThousandGraphsWithinEachOther_IsRefused()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(Nest(10_000));
        foreach (var embed in new[] { true, false })
        {
            Assert.ThrowsExactly<InvalidDataException>(() => fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { EmbedModel = embed }).Fit(fixture.CreateData(2)));
            OpenHandles.AssertNone(Path.GetDirectoryName(path)!);
        }
    }

    [TestMethod]
    public void AppendToOnnx_TenThousandGraphsWithinEachOther_IsRefusedAndWritesNothing()
    {
        using var fixture = new EncoderFixture();
        var path = fixture.Save(Nest(10_000));
        var before = Directory.GetFiles(Path.GetDirectoryName(path)!);
        Assert.ThrowsExactly<InvalidDataException>(() => fixture.Context.ModalityGap().AppendToOnnx(path, new EmbeddingMap(4, new L2NormalizeStep()), fixture.Path("out.onnx")));
        CollectionAssert.AreEqual(before, Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    /// <summary>A model of 1 KB whose encoder would have 2 GB: its length stands before its checksum, at the end of the block.</summary>
    [TestMethod]
    public void ModelLoad_EncoderThatClaimsTwoGigabytes_TakesNoMemory()
    {
        var length = BitConverter.GetBytes((long)Array.MaxLength);
        var forged = Forgery.ChangeEntries(SaveModel(), content => [.. content[..^(length.Length + SHA256.HashSizeInBytes)], .. length, .. content[^SHA256.HashSizeInBytes..]]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertInvalidData(Assert.Throws<Exception>(() => new MLContext().Model.Load(new MemoryStream(forged), out _)));
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>ONNX Runtime would start 65,408 threads, and not come to an end.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(4)]
    public void ModelLoad_EncoderThatAsksForThousandsOfThreads_IsRefused(int place)
    {
        // Behind the size of batches and whether that is fixed stand the threads within operators and beside each other.
        byte[] mark = [31, 0, 0, 0, 0];
        var forged = Forgery.ChangeEntries(SaveModel(new EncodeWithOnnxOptions { BatchSize = 31, IntraOpNumThreads = 1 }), content =>
        {
            if (content.AsSpan().IndexOf(mark) is >= 0 and var at)
                BitConverter.GetBytes(65_408).CopyTo(content, at + mark.Length + place);
            return content;
        });
        var exception = Assert.Throws<Exception>(() => new MLContext().Model.Load(new MemoryStream(forged), out _));
        AssertInvalidData(exception);
        StringAssert.Contains(exception.GetBaseException().Message, "65408");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { IntraOpNumThreads = 1025 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { InterOpNumThreads = 1025 });
    }

    /// <summary>ONNX Runtime starts what it is asked for, and its threads spin: 255 of them took 9 s of two cores for a row. What is stored stays as it is.</summary>
    [TestMethod]
    public void ModelLoad_EncoderThatAsksForAThousandThreads_StartsNoMoreThanThereAreCores()
    {
        var many = new EncodeWithOnnxOptions { IntraOpNumThreads = 1024, InterOpNumThreads = 1024 };
        var device = OnnxDevice.Create(new MLContext(), many);
        Assert.AreEqual(Environment.ProcessorCount, device.IntraOpNumThreads);
        Assert.AreEqual(Environment.ProcessorCount, device.InterOpNumThreads);
        Assert.AreEqual(1, OnnxDevice.Create(new MLContext(), new EncodeWithOnnxOptions { IntraOpNumThreads = 1 }).IntraOpNumThreads);

        using var fixture = new EncoderFixture();
        var saved = SaveModel(many);
        var model = new MLContext().Model.Load(new MemoryStream(saved), out var schema);
        var before = Process.GetCurrentProcess().Threads.Count;
        Assert.HasCount(2, EncoderFixture.ReadEmbeddings(model.Transform(fixture.CreateData(2))));
        Assert.IsLessThan(before + 500, Process.GetCurrentProcess().Threads.Count);

        using var again = new MemoryStream();
        new MLContext().Model.Save(model, schema, again);
        (model as IDisposable)?.Dispose();
        CollectionAssert.AreEqual(ReadBlocks(saved), ReadBlocks(again.ToArray()));
    }

    [TestMethod]
    [Timeout(600_000)]
    public void ModelLoad_AnyContentOfAnEncoder_ThrowsInvalidDataOrLoads()
    {
        var refused = 0;
        foreach (var (what, forged) in Forgery.ForgeEntries(SaveModel(), step: 3))
        {
            try
            {
                (new MLContext().Model.Load(new MemoryStream(forged), out _) as IDisposable)?.Dispose();
            }
            catch (Exception exception)
            {
                // A model that is not within is looked for at its path, and said to be missing.
                if (exception.GetBaseException() is FileNotFoundException)
                    continue;
                AssertInvalidData(exception, what);
                refused++;
            }
        }

        Assert.IsGreaterThan(100, refused);
    }

    /// <summary>A sound row before, and one whose product leaves float's range.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(32)]
    public void Transform_EncoderThatYieldsAnInfinity_NamesItAndTheRow(int batchSize)
    {
        using var fixture = new EncoderFixture();
        var path = fixture.SaveMatMul();
        var data = CreateData(fixture, row => row == 3 ? 3e38f : 1);
        using var model = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path, new EncodeWithOnnxOptions { BatchSize = batchSize }).Fit(data);
        AssertNoNumbers(() => EncoderFixture.ReadEmbeddings(model.Transform(data)), $"'{path}' yields ", " for row 3,");
    }

    [TestMethod]
    public void Transform_EncoderWithNaNInItsWeights_NamesItAndTheRow()
    {
        using var fixture = new EncoderFixture();
        var matrix = fixture.Matrix.ToArray();
        matrix[5] = float.NaN;
        var path = fixture.Save(OnnxGraphWriter.MatMul("pixel_values", "image_embeds", matrix, EncoderFixture.Inputs, EncoderFixture.Outputs));
        using var model = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(fixture.CreateData(3));
        AssertNoNumbers(() => EncoderFixture.ReadEmbeddings(model.Transform(fixture.CreateData(3))), $"'{path}' yields NaN for row 0,", "Its weights are damaged");
        using var engine = fixture.Context.Model.CreatePredictionEngine<EncoderFixture.Row, EncoderFixture.Embedded>(model, fixture.CreateData(1).Schema);
        AssertNoNumbers(() => engine.Predict(new EncoderFixture.Row { pixel_values = [1, 2, 3, 4, 5, 6] }), $"'{path}' yields NaN");
    }

    private static byte[] SaveModel(EncodeWithOnnxOptions? options = null)
    {
        using var fixture = new EncoderFixture();
        using var stream = new MemoryStream();
        using var model = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul(), options).Fit(fixture.CreateData(2));
        fixture.Context.Model.Save(model, fixture.CreateData(2).Schema, stream);
        return stream.ToArray();
    }

    private static byte[] ReadBlocks(byte[] model)
    {
        var blocks = new List<byte>();
        Forgery.ChangeEntries(model, content =>
        {
            blocks.AddRange(content);
            return content;
        });
        return [.. blocks];
    }

    private static void AssertNoNumbers(Action read, params string[] parts)
    {
        var exception = Assert.Throws<Exception>(read).GetBaseException();
        Assert.IsInstanceOfType<InvalidDataException>(exception);
        foreach (var part in parts)
            StringAssert.Contains(exception.Message, part);
    }

    private static IDataView CreateData(EncoderFixture fixture, Func<int, float> choose) => fixture.Context.Data.LoadFromEnumerable(
        Enumerable.Range(0, 5).Select(row => new EncoderFixture.Row { pixel_values = [.. Enumerable.Repeat(choose(row), EncoderFixture.Inputs)] }).ToList(), EncoderFixture.Schema(EncoderFixture.Inputs));

    private static void AssertInvalidData(Exception exception, string what = "")
    {
        for (var cause = exception; cause is not InvalidDataException; cause = cause.InnerException)
            Assert.IsNotNull(cause.InnerException, $"{what}: {exception}");
    }

    /// <summary>A model that ends in a node with so many graphs within each other.</summary>
    private static byte[] Nest(int depth)
    {
        var nested = NestedGraphs.Create(depth);
        var model = new OnnxGraphWriter().Input("x", OnnxGraphWriter.Float32, "batch", 4).Node("Identity", ["x"], ["y"]).Output("y", OnnxGraphWriter.Float32, "batch", 4).ToArray();
        var graph = new ProtobufMessage().AddRaw(OnnxGraph.FindGraph(model)).AddRaw(OnnxGraph.FindGraph(nested));
        return OnnxGraph.ReplaceGraph(model, graph).ToArray();
    }
}
