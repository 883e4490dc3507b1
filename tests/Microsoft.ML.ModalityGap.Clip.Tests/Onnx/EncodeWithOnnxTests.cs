using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using static Microsoft.ML.ModalityGap.Tests.Clip.Onnx.EncoderFixture;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

[TestClass]
public class EncodeWithOnnxTests
{
    [TestMethod]
    [DataRow(1, null)]
    [DataRow(8, null)]
    [DataRow(50, null)]
    [DataRow(200, null)]
    [DataRow(32, 8)]
    [DataRow(1, 16)]
    [DataRow(32, 1)]
    public void Transform_AnyBatch_EmbedsEachRowInOrder(int batchSize, object? fixedBatch)
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(rows: 50);
        using var transformer = fixture.Context.Transforms
            .EncodeWithOnnx("Embedding", fixture.SaveMatMul(fixedBatch), new EncodeWithOnnxOptions { BatchSize = batchSize }).Fit(data);
        Assert.AreEqual((int?)fixedBatch ?? batchSize, transformer.BatchSize);
        Assert.AreEqual(Outputs, transformer.Dimension);

        var rows = fixture.Context.Data.CreateEnumerable<Embedded>(transformer.Transform(data), reuseRowObject: false).ToArray();
        Assert.HasCount(50, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.AreEqual($"row {i}", rows[i].Name);
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 100 + i)), rows[i].Embedding, 1e-6, $"row {i}");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(8)]
    [DataRow(32)]
    [DataRow(200)]
    public void Transform_RowThatFails_YieldsTheRowsBeforeIt(int batchSize)
    {
        using var fixture = new EncoderFixture();
        var good = fixture.CreateData(rows: 50);
        using var transformer = fixture.Context.Transforms
            .EncodeWithOnnx("Embedding", fixture.SaveMatMul(), new EncodeWithOnnxOptions { BatchSize = batchSize }).Fit(good);
        var data = fixture.Context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 50).Select(i => i == 37 ? throw new InvalidDataException("row 37") : new Row { pixel_values = CreateFloats(Inputs, seed: 100 + i) }),
            Schema(Inputs));

        var output = transformer.Transform(data);
        using var cursor = output.GetRowCursor(output.Schema);
        var embedding = cursor.GetGetter<VBuffer<float>>(output.Schema["Embedding"]);
        for (var i = 0; i < 37; i++)
        {
            Assert.IsTrue(cursor.MoveNext());
            VBuffer<float> value = default;
            embedding(ref value);
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 100 + i)), [.. value.DenseValues()], 1e-6, $"row {i}");
        }

        Assert.AreEqual("row 37", Assert.ThrowsExactly<InvalidDataException>(() => cursor.MoveNext()).Message);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(8)]
    [DataRow(32)]
    public void Transform_RunThatFails_IsThrownWhereItBegins(int batchSize)
    {
        using var fixture = new EncoderFixture();
        using var transformer = fixture.Context.Transforms
            .EncodeWithOnnx("Embedding", fixture.SaveMatMul(), new EncodeWithOnnxOptions { BatchSize = batchSize }).Fit(fixture.CreateData(rows: 1));
        float[] Create(int row) => row == 137 ? [.. fixture.Matrix.Where((_, i) => i % Outputs == 0).Select(weight => MathF.CopySign(float.MaxValue, weight))] : CreateFloats(Inputs, seed: 100 + row);
        var output = transformer.Transform(fixture.Context.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new Row { pixel_values = Create(i) }), Schema(Inputs)));
        using var cursor = output.GetRowCursor(output.Schema);
        var embedding = cursor.GetGetter<VBuffer<float>>(output.Schema["Embedding"]);
        var taken = 0;
        var exception = Assert.ThrowsExactly<InvalidDataException>(() =>
        {
            for (; cursor.MoveNext(); taken++)
            {
                VBuffer<float> value = default;
                embedding(ref value);
                AreClose(fixture.Multiply(Create(taken)), [.. value.DenseValues()], 1e-6, $"row {taken}");
            }
        });
        StringAssert.Contains(exception.Message, "an infinity for row 137,");
        Assert.IsInRange(138 - batchSize, 137, taken);
    }

    [TestMethod]
    public void Transform_NoRows_YieldsNone()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(rows: 0);
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul()).Fit(data);
        Assert.IsEmpty(ReadEmbeddings(transformer.Transform(data)));
    }

    [TestMethod]
    public void Transform_ShuffledSource_KeepsColumnsTogether()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.Context.Data.Cache(fixture.CreateData(rows: 50));
        using var transformer = fixture.Context.Transforms
            .EncodeWithOnnx("Embedding", fixture.SaveMatMul(), new EncodeWithOnnxOptions { BatchSize = 7 }).Fit(data);
        var output = transformer.Transform(data);
        Assert.IsTrue(output.CanShuffle);

        var numbers = new List<int>();
        using var cursor = output.GetRowCursor(output.Schema, new Random(5));
        var number = cursor.GetGetter<int>(output.Schema["Number"]);
        var embedding = cursor.GetGetter<VBuffer<float>>(output.Schema["Embedding"]);
        while (cursor.MoveNext())
        {
            var (i, row) = (0, default(VBuffer<float>));
            number(ref i);
            embedding(ref row);
            numbers.Add(i);
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 100 + i)), [.. row.DenseValues()], 1e-6, $"row {i}");
        }

        CollectionAssert.AreNotEqual(Enumerable.Range(0, 50).ToArray(), numbers, "The source was not shuffled.");
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 50).ToArray(), numbers);
    }

    [TestMethod]
    public void Transform_SourceReadOnce_AsksForEachValueOnce()
    {
        // A column that is asked for and also feeds the encoder must not be computed twice.
        using var fixture = new EncoderFixture();
        var calls = 0;
        var source = fixture.Context.Transforms.CustomMapping<Row, Computed>(
            (row, computed) =>
            {
                Interlocked.Increment(ref calls);
                computed.Pixels = row.pixel_values;
            },
            contractName: null, null, MapSchema()).Fit(fixture.CreateData(20)).Transform(fixture.CreateData(20));
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul(), new EncodeWithOnnxOptions
        {
            BatchSize = 6,
            Inputs = [new OnnxEncoderInput("pixel_values", "Pixels")],
        }).Fit(source);

        var rows = ColumnValues.Read(transformer.Transform(source), "Pixels", "Embedding");
        Assert.AreEqual(20, calls);
        foreach (var row in rows)
            AreClose(fixture.Multiply((float[])row[0]), (float[])row[1], 1e-6, "row");

        static SchemaDefinition MapSchema()
        {
            var schema = SchemaDefinition.Create(typeof(Computed));
            schema[nameof(Computed.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Inputs);
            return schema;
        }
    }

    [TestMethod]
    public void Transform_EmbeddingNotAskedFor_NeverRunsTheModel()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(5);
        var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul()).Fit(data);
        var output = transformer.Transform(data);
        transformer.Dispose();
        Assert.HasCount(5, ColumnValues.Read(output, "Name", "Number"));
        Assert.ThrowsExactly<ObjectDisposedException>(() => ColumnValues.Read(output, "Name", "Embedding"));
    }

    [TestMethod]
    public void Transform_OutputNamedAsInput_ReplacesTheColumn()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(5);
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("pixel_values", fixture.SaveMatMul()).Fit(data);
        var rows = ReadEmbeddings(transformer.Transform(data), "pixel_values");
        AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 104)), rows[4], 1e-6, "row 4");
    }

    [TestMethod]
    public void Transform_SparseAndNaNRows_AreEncodedAsTheyAre()
    {
        using var fixture = new EncoderFixture();
        var builder = new ArrayDataViewBuilder(fixture.Context);
        builder.AddColumn("pixel_values", NumberDataViewType.Single,
            new VBuffer<float>(Inputs, 2, [0.5f, -2], [1, 4]), new VBuffer<float>(Inputs, [1, 2, float.NaN, 4, 5, 6]), new VBuffer<float>(Inputs, [1, 2, 3, 4, 5, 6]));
        var data = builder.GetDataView();
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul()).Fit(data);
        var rows = ReadEmbeddings(transformer.Transform(data));
        AreClose(fixture.Multiply([0, 0.5f, 0, 0, -2, 0]), rows[0], 1e-6, "sparse row");
        Assert.IsTrue(rows[1].All(float.IsNaN));
        AreClose(fixture.Multiply([1, 2, 3, 4, 5, 6]), rows[2], 1e-5, "the row after NaN");
    }

    [TestMethod]
    public void Transform_ImageColumnPassesThrough_EachRowKeepsItsImage()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(5);
        var images = new ArrayDataViewBuilder(fixture.Context);
        var folder = Path.GetDirectoryName(fixture.Path("x"))!;
        for (var i = 0; i < 5; i++)
        {
            using var image = MLImage.CreateFromPixels(i + 1, 2, MLPixelFormat.Bgra32, [.. Enumerable.Repeat((byte)(40 * i), (i + 1) * 8)]);
            image.Save(Path.Combine(folder, $"row {i}.png"));
        }

        var loaded = fixture.Context.Transforms.LoadImages("Image", folder, "File").Fit(WithFile(data)).Transform(WithFile(data));
        using var transformer = fixture.Context.Transforms
            .EncodeWithOnnx("Embedding", fixture.SaveMatMul(), new EncodeWithOnnxOptions { BatchSize = 3 }).Fit(loaded);
        var output = transformer.Transform(loaded);
        using var cursor = output.GetRowCursor([output.Schema["Image"], output.Schema["Embedding"]]);
        var getter = cursor.GetGetter<MLImage>(output.Schema["Image"]);
        MLImage seen = null!;
        for (var i = 0; i < 5; i++)
        {
            Assert.IsTrue(cursor.MoveNext());
            getter(ref seen);
            getter(ref seen);
            Assert.AreEqual(i + 1, seen.Width);
            Assert.AreEqual((byte)(40 * i), seen.Pixels[0]);
        }

        seen.Dispose();

        IDataView WithFile(IDataView view) => fixture.Context.Transforms.CustomMapping<NameRow, FileRow>(
            (row, file) => file.File = row.Name + ".png", contractName: null).Fit(view).Transform(view);
    }

    [TestMethod]
    public void PredictionEngine_OneRow_EqualsTheView()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(3);
        var model = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul(batch: 4)).Fit(data);
        using var engine = fixture.Context.Model.CreatePredictionEngine<Row, Embedded>(model, inputSchemaDefinition: Schema(Inputs));
        for (var i = 0; i < 3; i++)
        {
            var predicted = engine.Predict(new Row { Name = "asked", pixel_values = CreateFloats(Inputs, seed: 100 + i) });
            Assert.AreEqual("asked", predicted.Name);
            AreClose(fixture.Multiply(CreateFloats(Inputs, seed: 100 + i)), predicted.Embedding, 1e-6, $"row {i}");
        }
    }

    [TestMethod]
    public void Dispose_CursorAtWork_FailsWithObjectDisposed()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(10);
        var transformer = fixture.Context.Transforms
            .EncodeWithOnnx("Embedding", fixture.SaveMatMul(), new EncodeWithOnnxOptions { BatchSize = 2 }).Fit(data);
        var output = transformer.Transform(data);
        using var cursor = output.GetRowCursor(output.Schema["Embedding"]);
        var getter = cursor.GetGetter<VBuffer<float>>(output.Schema["Embedding"]);
        VBuffer<float> row = default;
        Assert.IsTrue(cursor.MoveNext());
        transformer.Dispose();
        transformer.Dispose();
        Assert.IsTrue(cursor.MoveNext());
        getter(ref row);
        Assert.ThrowsExactly<ObjectDisposedException>(() => cursor.MoveNext());
    }

    [TestMethod]
    public void Transform_SeveralThreadsShareTheTransformer_AllAgree()
    {
        using var fixture = new EncoderFixture();
        var data = fixture.CreateData(100);
        using var fitted = fixture.Context.Transforms.EncodeWithOnnx("Embedding", fixture.SaveMatMul()).Fit(data);
        using var loaded = (EncodeWithOnnxTransformer)ComponentConformance.SaveAndLoad(fitted, data.Schema, out _);
        var results = new float[4][][];
        Parallel.For(0, results.Length, i => results[i] = ReadEmbeddings(loaded.Transform(data)));
        for (var row = 0; row < 100; row++)
        {
            foreach (var result in results)
                CollectionAssert.AreEqual(results[0][row], result[row]);
        }
    }

    [TestMethod]
    [DoNotParallelize] // it measures the memory of the process
    public void Transform_TenThousandRows_DoesNotGrow()
    {
        using var fixture = new EncoderFixture();
        const int Length = 1000;
        var path = fixture.Save(new OnnxGraphWriter()
            .Input("pixel_values", OnnxGraphWriter.Float32, "batch", Length)
            .Initializer("W", CreateFloats(Length * 8, seed: 2), Length, 8)
            .Node("MatMul", ["pixel_values", "W"], ["image_embeds"])
            .Output("image_embeds", OnnxGraphWriter.Float32, "batch", 8)
            .ToArray());
        var values = CreateFloats(Length, seed: 1);
        var schema = Schema(Length);
        var data = fixture.Context.Data.LoadFromEnumerable(Enumerable.Range(0, 10_000).Select(_ => new Row { pixel_values = values }), schema);
        using var transformer = fixture.Context.Transforms.EncodeWithOnnx("Embedding", path).Fit(data);
        var output = transformer.Transform(data);

        using var cursor = output.GetRowCursor([output.Schema["pixel_values"], output.Schema["Embedding"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(output.Schema["Embedding"]);
        VBuffer<float> embedding = default;
        var (early, late) = (0L, 0L);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.IsTrue(cursor.MoveNext());
            getter(ref embedding);
            if (i == 1_000)
                early = GC.GetTotalMemory(forceFullCollection: true);
        }

        late = GC.GetTotalMemory(forceFullCollection: true);
        Assert.IsFalse(cursor.MoveNext());

        // The rows together are 40 MB.
        Assert.IsLessThan(20L << 20, late - early, "Memory grew with the rows.");
    }

    public sealed class Computed
    {
        public float[] Pixels { get; set; } = [];
    }

    public sealed class NameRow
    {
        public string Name { get; set; } = "";
    }

    public sealed class FileRow
    {
        public string File { get; set; } = "";
    }
}
