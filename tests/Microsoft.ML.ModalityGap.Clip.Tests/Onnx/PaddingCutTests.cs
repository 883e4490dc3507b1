using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

/// <summary>Rows of tokens without their padding: small towers whose outputs follow by hand from their rows.</summary>
[TestClass]
public sealed class PaddingCutTests : IDisposable
{
    private const int Length = 24, Dimension = 5, Tokens = 40, End = 39;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];
    private float[] _table = [];

    [TestInitialize]
    public void Initialize() => _table = EncoderFixture.CreateFloats(Tokens * Dimension, seed: 5);

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(Tower.Causal, 39)]
    [DataRow(Tower.Causal, 0)]
    [DataRow(Tower.MaskedMean, 0)]
    [DataRow(Tower.MaskedMean, 39)]
    public void Transform_TowerThatDoesNotSeePadding_IsCutAndGivesTheSame(Tower tower, int padding)
    {
        foreach (var batchSize in new[] { 1, 4, 7, 32, 100 })
        {
            using var encoder = Fit(tower, padding, out var rows, out var data, new EncodeWithOnnxOptions { BatchSize = batchSize });
            Assert.IsNull(encoder.CutsPadding);
            for (var pass = 0; pass < 2; pass++)
            {
                var view = encoder.Transform(data);
                var embeddings = EncoderFixture.ReadEmbeddings(view);
                Assert.AreEqual(true, encoder.CutsPadding);
                for (var i = 0; i < rows.Length; i++)
                    EncoderFixture.AreClose(Expect(tower, rows[i]), embeddings[i], 1e-5, $"batches of {batchSize}, row {i}");
                CollectionAssert.AreEqual(rows.Select(row => row.Number).ToArray(), view.GetColumn<int>("Number").ToArray());
            }
        }

        Assert.HasCount(5, _log);
        StringAssert.Contains(_log[0], "are cut");
        StringAssert.Contains(_log[0], "text_model.onnx");
    }

    [TestMethod]
    [DataRow(Tower.SumOfAll, "attends to padding")]
    [DataRow(Tower.FixedPositions, "does not run on rows of")]
    public void Transform_TowerThatNeedsPadding_IsNotCut(Tower tower, string reason)
    {
        using var encoder = Fit(tower, padding: 39, out var rows, out var data, new EncodeWithOnnxOptions { BatchSize = 8 });
        var embeddings = EncoderFixture.ReadEmbeddings(encoder.Transform(data));
        Assert.AreEqual(false, encoder.CutsPadding);
        for (var i = 0; i < rows.Length; i++)
            EncoderFixture.AreClose(Expect(tower, rows[i]), embeddings[i], 1e-5, $"row {i}");
        Assert.HasCount(1, _log);
        StringAssert.Contains(_log[0], reason);
        StringAssert.Contains(_log[0], "keep their padding");
    }

    /// <summary>Where all rows that were compared are whole, nothing is known, and the first padded row decides.</summary>
    [TestMethod]
    public void Transform_FirstRowsWithoutPadding_AreNoProof()
    {
        using var encoder = Fit(Tower.SumOfAll, padding: 39, out var rows, out var data, new EncodeWithOnnxOptions { BatchSize = 4 }, wholeRows: 30);
        var embeddings = EncoderFixture.ReadEmbeddings(encoder.Transform(data));
        Assert.AreEqual(false, encoder.CutsPadding);
        for (var i = 0; i < rows.Length; i++)
            EncoderFixture.AreClose(Expect(Tower.SumOfAll, rows[i]), embeddings[i], 1e-5, $"row {i}");
    }

    [TestMethod]
    public void Transform_FixedAxisOrSwitchedOff_IsAsBefore()
    {
        using var fixedAxis = Fit(Tower.Causal, padding: 39, out var rows, out var data, new EncodeWithOnnxOptions(), axis: Length);
        using var off = Fit(Tower.Causal, padding: 39, out _, out var same, new EncodeWithOnnxOptions { CutPadding = false });
        var (first, second) = (EncoderFixture.ReadEmbeddings(fixedAxis.Transform(data)), EncoderFixture.ReadEmbeddings(off.Transform(same)));
        Assert.AreEqual((null, null), (fixedAxis.CutsPadding, off.CutsPadding));
        Assert.IsEmpty(_log);
        for (var i = 0; i < rows.Length; i++)
        {
            EncoderFixture.AreClose(Expect(Tower.Causal, rows[i]), first[i], 1e-5, $"row {i}");
            CollectionAssert.AreEqual(first[i], second[i]);
        }
    }

    [TestMethod]
    [DataRow(Tower.Causal)]
    [DataRow(Tower.SumOfAll)]
    public void PredictionEngine_RowByRow_GivesTheSameAndSoDoesALoadedModel(Tower tower)
    {
        using var encoder = Fit(tower, padding: 39, out var rows, out var data, new EncodeWithOnnxOptions());
        var context = new MLContext();
        using var stream = new MemoryStream();
        context.Model.Save(encoder, data.Schema, stream);
        stream.Position = 0;
        var loaded = (EncodeWithOnnxTransformer)context.Model.Load(stream, out _);
        using var engine = context.Model.CreatePredictionEngine<Row, Embedded>(loaded, inputSchemaDefinition: Schema());
        for (var i = 0; i < rows.Length; i++)
            EncoderFixture.AreClose(Expect(tower, rows[i]), engine.Predict(rows[i]).Embedding, 1e-5, $"row {i}");
        Assert.AreEqual(tower == Tower.Causal, loaded.CutsPadding);
    }

    private EncodeWithOnnxTransformer Fit(Tower tower, int padding, out Row[] rows, out IDataView data, EncodeWithOnnxOptions options, int wholeRows = 0, OnnxDimension? axis = null)
    {
        var context = new MLContext(seed: 1);
        context.Log += (_, e) =>
        {
            if (e.Message.Contains("The encoder '", StringComparison.Ordinal))
                _log.Add(e.Message);
        };
        var path = _folder.File("text_model.onnx");
        File.WriteAllBytes(path, CreateModel(tower, axis ?? "sequence"));
        var random = new Random(9);
        rows = [.. Enumerable.Range(0, 90).Select(i => CreateRow(i, i < wholeRows ? Length : random.Next(2, i % 10 == 3 ? Length + 1 : 9), padding, random))];
        data = context.Data.LoadFromEnumerable(rows, Schema());
        return context.Transforms.EncodeWithOnnx("Embedding", path, options).Fit(data);
    }

    private static Row CreateRow(int number, int count, int padding, Random random)
    {
        var row = new Row { Number = number, input_ids = new long[Length], attention_mask = new long[Length] };
        Array.Fill(row.input_ids, padding);
        for (var i = 0; i < count; i++)
            (row.input_ids[i], row.attention_mask[i]) = (i == count - 1 ? End : random.Next(1, End), 1);
        return row;
    }

    /// <summary>By the definitions, in double.</summary>
    private float[] Expect(Tower tower, Row row)
    {
        var end = Array.IndexOf(row.input_ids, End);
        return [.. Enumerable.Range(0, Dimension).Select(k => (float)(tower switch
        {
            Tower.Causal => Enumerable.Range(0, end + 1).Sum(i => (double)_table[(row.input_ids[i] * Dimension) + k]),
            Tower.MaskedMean => Enumerable.Range(0, Length).Sum(i => row.attention_mask[i] * (double)_table[(row.input_ids[i] * Dimension) + k]) / row.attention_mask.Sum(),
            _ => Enumerable.Range(0, Length).Sum(i => (double)_table[(row.input_ids[i] * Dimension) + k]),
        }))];
    }

    private byte[] CreateModel(Tower tower, OnnxDimension axis)
    {
        var graph = new OnnxModelBuilder("text", 17);
        var ids = graph.Input("input_ids", OnnxFields.ElementType.Int64, OnnxDimension.Batch, axis);
        var x = graph.Add("Gather", [graph.Constant(_table, Tokens, Dimension), ids], ("axis", 0));
        switch (tower)
        {
            case Tower.Causal:
                x = graph.Add("CumSum", [x, graph.Constant((ReadOnlySpan<long>)[1])]);
                x = graph.Add("GatherND", [x, graph.Add("ArgMax", [ids], ("axis", 1), ("keepdims", 1))], ("batch_dims", 1));
                break;
            case Tower.MaskedMean:
                var mask = graph.Add("Cast", [graph.Input("attention_mask", OnnxFields.ElementType.Int64, OnnxDimension.Batch, axis)], ("to", 1));
                var count = graph.Add("ReduceSum", [mask, graph.Constant((ReadOnlySpan<long>)[1], 1)], ("keepdims", 1));
                x = graph.Add("Mul", [x, graph.Add("Unsqueeze", [mask, graph.Constant((ReadOnlySpan<long>)[2], 1)])]);
                x = graph.Add("Div", [graph.Add("ReduceSum", [x, graph.Constant((ReadOnlySpan<long>)[1], 1)], ("keepdims", 0)), count]);
                break;
            default:
                if (tower == Tower.FixedPositions)
                    x = graph.Add("Add", [x, graph.Constant(new float[Length * Dimension], Length, Dimension)]);
                x = graph.Add("ReduceSum", [x, graph.Constant((ReadOnlySpan<long>)[1], 1)], ("keepdims", 0));
                break;
        }

        graph.Name(x, "text_embeds");
        graph.Output("text_embeds", OnnxFields.ElementType.Float32, OnnxDimension.Batch, Dimension);
        return graph.Build().ToArray();
    }

    private static SchemaDefinition Schema()
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.input_ids)].ColumnType = schema[nameof(Row.attention_mask)].ColumnType = new VectorDataViewType(NumberDataViewType.Int64, Length);
        return schema;
    }

    public enum Tower
    {
        Causal,
        MaskedMean,
        SumOfAll,
        FixedPositions,
    }

    public sealed class Row
    {
        public int Number { get; set; }

        public long[] input_ids { get; set; } = [];

        public long[] attention_mask { get; set; } = [];
    }

    public sealed class Embedded
    {
        public float[] Embedding { get; set; } = [];
    }
}
