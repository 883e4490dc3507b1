using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

[TestClass]
public class EvaluateEmbeddingTableTests
{
    private const int Tokens = 40;
    private const int Dimension = 9;
    private static readonly float[] _table = TestEmbeddings.Create(Tokens, Dimension, 4);

    [TestMethod]
    [DataRow(NpyElementType.Float16)]
    [DataRow(NpyElementType.Float32)]
    public void EvaluateEmbeddingTable_NpyFile_EqualsTheDefinitions(NpyElementType type)
    {
        var context = new MLContext();
        using var folder = new TemporaryFolder();
        var data = TestEmbeddings.CreateDataView(context, Tokens, Dimension, seed: 4);
        context.ModalityGap().SaveAsNpy(data, folder.File("table.npy"), "Image", type);
        var table = Array.ConvertAll(_table, value => type == NpyElementType.Float16 ? (float)(Half)value : value);
        AssertMeasures(table, context.ModalityGap().EvaluateEmbeddingTable(folder.File("table.npy")));
        if (type == NpyElementType.Float32)
            AssertMeasures(table, context.ModalityGap().EvaluateEmbeddingTable(data, "Image"));
        Assert.ThrowsExactly<ArgumentException>(() => context.ModalityGap().EvaluateEmbeddingTable(folder.File("table.npy"), "W"));
    }

    /// <summary>Numbers near the ends of float's range, whose squares and sums leave it: what does not hang on the scale stays, and what does goes along.</summary>
    [TestMethod]
    [DataRow(1e38)]
    [DataRow(3e38)]
    [DataRow(1e-30)]
    public void EvaluateEmbeddingTable_HugeOrTinyNumbers_AreMeasuredAsOthers(double factor)
    {
        var largest = _table.Max(Math.Abs);
        var scaled = Array.ConvertAll(_table, value => (float)(value / largest * factor));
        var expected = EmbeddingTableEvaluator.Evaluate(Array.ConvertAll(_table, value => value / largest), Dimension, "table");
        var actual = EmbeddingTableEvaluator.Evaluate(scaled, Dimension, "table");
        Assert.AreEqual(expected.EffectiveRank, actual.EffectiveRank, 1e-4);
        Assert.AreEqual(expected.Anisotropy, actual.Anisotropy, 1e-4);
        Assert.AreEqual(1, actual.TokenVariability / (expected.TokenVariability * factor), 1e-5);
        Assert.AreEqual(1, actual.TokenVariabilitySpread / (expected.TokenVariabilitySpread * factor), 1e-5);
    }

    [TestMethod]
    [DataRow(OnnxFields.ElementType.Float32, false)]
    [DataRow(OnnxFields.ElementType.Float32, true)]
    [DataRow(OnnxFields.ElementType.Float16, false)]
    [DataRow(OnnxFields.ElementType.Float16, true)]
    [DataRow(OnnxFields.ElementType.BFloat16, false)]
    [DataRow(OnnxFields.ElementType.Float64, false)]
    [DataRow(OnnxFields.ElementType.Float64, true)]
    public void EvaluateEmbeddingTable_OnnxInitializerOfAnyType_EqualsTheDefinitions(int type, bool external)
    {
        var (bytes, table) = Encode(type);
        using var folder = new TemporaryFolder();
        var tensor = Header("tokens", type, Tokens, Dimension);
        if (external)
        {
            // Other numbers before and behind it.
            File.WriteAllBytes(folder.File("weights.bin"), [.. new byte[64], .. bytes, .. new byte[10]]);
            tensor.Add(OnnxFields.Tensor.ExternalData, OnnxMessages.Entry("location", "weights.bin")).Add(OnnxFields.Tensor.ExternalData, OnnxMessages.Entry("offset", "64"))
                .Add(OnnxFields.Tensor.ExternalData, OnnxMessages.Entry("length", $"{bytes.Length}")).Add(OnnxFields.Tensor.DataLocation, OnnxFields.Tensor.ExternalLocation);
        }
        else
        {
            tensor.AddNumbers<byte>(OnnxFields.Tensor.RawData, bytes);
        }

        File.WriteAllBytes(folder.File("model.onnx"), Model(tensor));
        var metrics = new MLContext().ModalityGap().EvaluateEmbeddingTable(folder.File("model.onnx"));
        AssertMeasures(table, metrics);
        StringAssert.EndsWith(metrics.Source, "model.onnx, tokens");
    }

    [TestMethod]
    [DataRow(OnnxFields.ElementType.Float32, OnnxFields.Tensor.FloatData)]
    [DataRow(OnnxFields.ElementType.Float64, OnnxFields.Tensor.DoubleData)]
    [DataRow(OnnxFields.ElementType.Float16, OnnxFields.Tensor.IntegerData)]
    public void EvaluateEmbeddingTable_NumbersInFieldsOfTheirOwn_AreRead(int type, int field)
    {
        var (bytes, table) = Encode(type);
        using var folder = new TemporaryFolder();
        var tensor = Header("tokens", type, Tokens, Dimension);
        if (field == OnnxFields.Tensor.IntegerData)
        {
            foreach (var bits in MemoryMarshal.Cast<byte, ushort>(bytes))
                tensor.Add(field, bits);
        }
        else
        {
            tensor.AddNumbers<byte>(field, bytes);
        }

        File.WriteAllBytes(folder.File("model.onnx"), Model(tensor));
        AssertMeasures(table, new MLContext().ModalityGap().EvaluateEmbeddingTable(folder.File("model.onnx"), "tokens"));
    }

    /// <summary>A shape whose product no integer holds.</summary>
    [TestMethod]
    public void EvaluateEmbeddingTable_ShapeThatCannotBe_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        File.WriteAllBytes(path, Model(Header("tokens", OnnxFields.ElementType.Float32, 1L << 40, 1L << 40).AddNumbers<float>(OnnxFields.Tensor.RawData, [1, 2, 3])));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().ModalityGap().EvaluateEmbeddingTable(path, "tokens")).Message, "tokens");
    }

    /// <summary>A file of some hundred bytes that states a table of 400 MB: refused before there is room for it.</summary>
    [TestMethod]
    [DataRow(OnnxFields.Tensor.RawData)]
    [DataRow(OnnxFields.Tensor.FloatData)]
    public void EvaluateEmbeddingTable_MoreNumbersThanBytes_AreRefusedBeforeTheyTakeMemory(int field)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        File.WriteAllBytes(path, Model(Header("tokens", OnnxFields.ElementType.Float32, 1 << 20, 100).AddNumbers<float>(field, [1, 2, 3])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().ModalityGap().EvaluateEmbeddingTable(path, "tokens")).Message, "does not hold the numbers");
        Assert.IsLessThan(50L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void EvaluateEmbeddingTable_WithoutAName_TakesTheLargestThatRowsAreLookedUpIn()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var writer = new OnnxGraphWriter()
            .Input("ids", OnnxGraphWriter.Int64, 1)
            .Initializer("positions", new float[4 * 6], 4, 6)
            .Initializer("tokens", TestEmbeddings.Create(8, 6, 1), 8, 6)
            .Initializer("projection", TestEmbeddings.Create(100, 100, 2), 100, 100)
            .Node("Gather", ["positions", "ids"], ["p"])
            .Node("Gather", ["tokens", "ids"], ["t"])
            .Node("Add", ["p", "t"], ["sum"])
            .Output("sum", OnnxGraphWriter.Float32, 1, 6);
        File.WriteAllBytes(path, writer.ToArray());
        var catalog = new MLContext().ModalityGap();
        Assert.AreEqual(8, catalog.EvaluateEmbeddingTable(path).RowCount);
        Assert.AreEqual(100, catalog.EvaluateEmbeddingTable(path, "projection").RowCount);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path, "nope")).Message, "'projection' (100, 100), 'tokens' (8, 6)");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path, "positions")).Message, "none of which is other than zero");
    }

    [TestMethod]
    public void EvaluateEmbeddingTable_DamagedOrMissing_SaysWhatIsWrong()
    {
        using var folder = new TemporaryFolder();
        var catalog = new MLContext().ModalityGap();
        var path = folder.File("model.onnx");
        Assert.ThrowsExactly<FileNotFoundException>(() => catalog.EvaluateEmbeddingTable(path));

        File.WriteAllBytes(path, Model(Header("tokens", OnnxFields.ElementType.Float32, 2, 3).AddNumbers<float>(OnnxFields.Tensor.RawData, [1, 2, 3])));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "shape (2, 3)");
        File.WriteAllBytes(path, Model(Header("tokens", OnnxFields.ElementType.Float32, 2, 3).AddNumbers<float>(OnnxFields.Tensor.FloatData, [1, 2, 3, 4, 5, 6, 7])));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "does not hold the numbers");
        File.WriteAllBytes(path, Model(Header("tokens", OnnxFields.ElementType.Float32, 1, 3).AddNumbers<float>(OnnxFields.Tensor.RawData, [1, float.NaN, 3])));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "Row 0 of");
        File.WriteAllBytes(path, Model(Header("tokens", OnnxFields.ElementType.Int64, 1, 1).AddNumbers<long>(OnnxFields.Tensor.RawData, [1])));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "no matrix of floats among its 1 initializers");

        File.WriteAllBytes(path, Model(External("weights.bin")));
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "Put it beside the model");
        File.WriteAllBytes(folder.File("weights.bin"), new byte[20]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "needs 24 bytes from 0");
        File.WriteAllBytes(path, Model(External("../weights.bin")));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateEmbeddingTable(path)).Message, "outside the model's folder");

        static ProtobufMessage External(string location) => OnnxGraphWriter.ExternalTensor("tokens", [2, 3], location);
    }

    [TestMethod]
    public void EvaluateEmbeddingTable_ZeroRowsAndOneRow_AreDefined()
    {
        var padded = EmbeddingTableEvaluator.Evaluate([0, 0, 0, 1, 2, 3, 0, 0, 0, -1, 5, 2], 3, "table");
        Assert.AreEqual(4, padded.RowCount);
        Assert.AreEqual(2, padded.ZeroRowCount);
        AssertMeasures([1, 2, 3, -1, 5, 2], padded, rows: 4, dimension: 3);
        StringAssert.Contains(padded.ToString(), "2 of them zero and left out");

        var one = EmbeddingTableEvaluator.Evaluate([1, 2, 3], 3, "table");
        Assert.AreEqual(0, one.Anisotropy);
        Assert.AreEqual(1, one.EffectiveRank);
        Assert.AreEqual(Math.Sqrt(2.0 / 3), one.TokenVariability, 1e-12);
    }

    private static void AssertMeasures(float[] table, EmbeddingTableMetrics actual, int rows = Tokens, int dimension = Dimension)
    {
        var tokens = table.Chunk(dimension).Select(row => Array.ConvertAll(row, value => (double)value)).ToArray();
        var deviations = tokens.Select(row => Math.Sqrt(row.Average(value => Math.Pow(value - row.Average(), 2)))).ToArray();
        var unit = tokens.Select(NaiveMoments.Normalize).ToArray();
        var cosines = unit.SelectMany((a, i) => unit.Where((_, j) => j != i).Select(b => a.Zip(b, (x, y) => x * y).Sum()));
        Assert.AreEqual(rows, actual.RowCount);
        Assert.AreEqual(dimension, actual.Dimension);
        Assert.AreEqual(deviations.Average(), actual.TokenVariability, 1e-9);
        Assert.AreEqual(Math.Sqrt(deviations.Average(value => Math.Pow(value - deviations.Average(), 2))), actual.TokenVariabilitySpread, 1e-9);
        Assert.AreEqual(cosines.Average(), actual.Anisotropy, 1e-6);
        Assert.AreEqual(NaiveGap.EffectiveRank(tokens), actual.EffectiveRank, 1e-3);
    }

    private static (byte[] Bytes, float[] Values) Encode(int type)
    {
        switch (type)
        {
            case OnnxFields.ElementType.Float32:
                return (MemoryMarshal.AsBytes<float>(_table).ToArray(), _table);
            case OnnxFields.ElementType.Float64:
                return (MemoryMarshal.AsBytes<double>(Array.ConvertAll(_table, value => (double)value)).ToArray(), _table);
            case OnnxFields.ElementType.Float16:
                var halves = Array.ConvertAll(_table, value => (Half)value);
                return (MemoryMarshal.AsBytes<Half>(halves).ToArray(), Array.ConvertAll(halves, value => (float)value));
            default:
                // bfloat16 is the upper half of a float.
                var upper = Array.ConvertAll(_table, value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
                return (MemoryMarshal.AsBytes<ushort>(upper).ToArray(), Array.ConvertAll(upper, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)));
        }
    }

    private static ProtobufMessage Header(string name, int type, long rows, long columns) => OnnxMessages.TensorHeader(name, type, [rows, columns]);

    private static byte[] Model(ProtobufMessage initializer) =>
        new ProtobufMessage().Add(OnnxFields.Model.Graph, new ProtobufMessage().Add(OnnxFields.Graph.Initializer, initializer)).ToArray();
}
