using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

/// <summary>Cursors that work on blocks of rows: as much is read ahead as is said, in order, and every row is what it is alone.</summary>
[TestClass]
public class LookaheadTests
{
    private const int Dimension = 6;

    private readonly MLContext _ml = new(seed: 1);
    private int _rowsRead;
    private int _embeddingsRead;

    public static IEnumerable<object[]> Transformers => [["classifier"], ["nearest"], ["whitening"]];

    [TestMethod]
    [DynamicData(nameof(Transformers))]
    public void Rows_OfSeveralBlocks_AreWhatEachIsAlone(string kind)
    {
        var (transformer, columns) = Create(kind);
        var data = Load(CreateRows(700));
        string[] all = ["Number", "Name", "Embedding", .. columns];
        var output = transformer.Transform(data);
        var expected = ColumnValues.ReadThroughRowMapper(transformer, data, all);
        CheckSame(expected, ColumnValues.Read(output, all));
        CheckSame(expected, ColumnValues.ReadParallel(output, all));
    }

    [TestMethod]
    [DynamicData(nameof(Transformers))]
    public void Cursors_BesideEachOther_GiveTheSameRows(string kind)
    {
        var (transformer, columns) = Create(kind);
        var data = Load([.. CreateRows(1100)]);
        var expected = ColumnValues.ReadThroughRowMapper(transformer, data, columns);
        var found = new List<object[]>[4];
        var output = transformer.Transform(data);
        Parallel.For(0, found.Length, i => found[i] = ColumnValues.Read(output, columns));
        foreach (var rows in found)
            CheckSame(expected, rows);
    }

    [TestMethod]
    [DynamicData(nameof(Transformers))]
    public void Source_WithoutAnEnd_IsReadAtMostTwiceAsFarAsRowsAreTaken(string kind)
    {
        var (transformer, columns) = Create(kind);
        var output = transformer.Transform(Load(CreateRows(int.MaxValue)));
        var column = output.Schema[columns[0]];
        using var cursor = output.GetRowCursor([column]);
        var read = ColumnValues.CreateReader(cursor, column);
        for (var taken = 1; taken <= 1000; taken++)
        {
            Assert.IsTrue(cursor.MoveNext());
            read();
            Assert.IsLessThanOrEqualTo(Math.Min(2 * taken, taken + 512), _rowsRead);
            Assert.IsGreaterThanOrEqualTo(taken, _rowsRead);
        }

        // By blocks: at least 128 rows at a time in the end.
        Assert.IsGreaterThanOrEqualTo(1000 / 240 * 240, _rowsRead);
    }

    [TestMethod]
    [DynamicData(nameof(Transformers))]
    public void Columns_ThatNobodyAskedFor_AreNotRead(string kind)
    {
        var (transformer, columns) = Create(kind);
        var output = transformer.Transform(Load(CreateRows(300)));
        Assert.HasCount(300, ColumnValues.Read(output, "Number", "Name"));
        Assert.AreEqual(0, _embeddingsRead);
        Assert.HasCount(300, ColumnValues.Read(output, ["Number", "Embedding", .. columns]));
        Assert.AreEqual(300, _embeddingsRead);
    }

    [TestMethod]
    [DynamicData(nameof(Transformers))]
    public void Row_ThatCannotBeUsed_IsThrownWhenTheCursorGetsThere(string kind)
    {
        var (transformer, columns) = Create(kind);
        var rows = CreateRows(300).ToArray();
        rows[200].Values = new float[Dimension + 1];
        var schema = SchemaDefinition.Create(typeof(Row));
        var output = transformer.Transform(_ml.Data.LoadFromEnumerable(rows, schema));
        var column = output.Schema[columns[0]];
        using var cursor = output.GetRowCursor([column]);
        var read = ColumnValues.CreateReader(cursor, column);
        for (var row = 0; row < 200; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            read();
        }

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => cursor.MoveNext());
        Assert.Contains("row 200", exception.Message);
        Assert.Contains("7", exception.Message);
    }

    [TestMethod]
    public void Query_WithNaNInABlock_IsThrownAtItsRowOrSkippedAlone()
    {
        var rows = CreateRows(300).ToArray();
        rows[200].Values[2] = float.NaN;
        var data = Load(rows);
        var index = new EmbeddingIndex(Dimension);
        index.AddRange([.. Enumerable.Range(0, 100).Select(i => new EmbeddingId(i))], TestEmbeddings.Create(100, Dimension, seed: 4));
        IDataView Search(UnusableRows policy) => _ml.Transforms.RetrieveNearest(index, "Embedding", new RetrieveNearestOptions { UnusableRows = policy }).Fit(data).Transform(data);

        var skipping = ColumnValues.Read(Search(UnusableRows.Skip), "NeighborScores");
        for (var row = 0; row < skipping.Count; row++)
            Assert.IsTrue(((float[])skipping[row][0]).All(score => float.IsNaN(score) == (row == 200)), $"row {row}");

        var throwing = Search(UnusableRows.Throw);
        using var cursor = throwing.GetRowCursor([throwing.Schema["NeighborScores"]]);
        for (var row = 0; row < 200; row++)
            Assert.IsTrue(cursor.MoveNext());
        Assert.Contains("row 200", Assert.ThrowsExactly<InvalidDataException>(() => cursor.MoveNext()).Message);
    }

    [TestMethod]
    public void ChainOfMaps_IsOneMapOfTheRawRows()
    {
        var data = Load(CreateRows(300));
        var center = _ml.Transforms.CenterModalities("Embedding").Fit(data);
        var first = center.Transform(data);
        var whiten = _ml.Transforms.WhitenModalities("Embedding").Fit(first);
        var second = whiten.Transform(first);
        var third = _ml.Transforms.CenterModalities("Embedding").Fit(second);
        var chain = third.Transform(second);

        var view = (LookaheadDataView)chain;
        var dependencies = view.Mapper.GetDependencies(_ => true);
        var column = view.Source.Schema.Single(column => dependencies(column.Index));
        Assert.AreEqual(-1, ((LookaheadDataView)second).FindOutput(column), "what is read is no map's work");
        Assert.IsTrue(column.IsHidden);

        // Through row mappers each map comes by itself.
        CheckSame(ColumnValues.ReadThroughRowMapper(third, second, "Embedding"), ColumnValues.Read(chain, "Embedding"));
        Assert.AreEqual(third.GetOutputSchema(second.Schema)["Embedding"].FindMapFingerprint(), chain.Schema["Embedding"].FindMapFingerprint());
    }

    [TestMethod]
    public void ChainOfMaps_WhoseMiddleIsAskedFor_MapsItOnce()
    {
        var data = Load(CreateRows(300));
        var center = _ml.Transforms.CenterModalities(ModalityColumns.PerColumn(new InputOutputColumnPair("Centered", "Embedding"))).Fit(data);
        var first = center.Transform(data);
        var again = _ml.Transforms.CenterModalities(ModalityColumns.PerColumn(new InputOutputColumnPair("Twice", "Centered"))).Fit(first);
        var output = again.Transform(first);
        var both = ColumnValues.Read(output, "Centered", "Twice");
        var map = again.Modalities[0].Map;
        foreach (var row in both)
            CollectionAssert.AreEqual(map.Apply((float[])row[0]), (float[])row[1]);
        CheckSame(ColumnValues.Read(output, "Twice"), [.. both.Select(row => new[] { row[1] })]);
    }

    private static void CheckSame(List<object[]> expected, List<object[]> found)
    {
        Assert.HasCount(expected.Count, found);
        for (var row = 0; row < found.Count; row++)
        {
            for (var column = 0; column < found[row].Length; column++)
                Assert.IsTrue(ColumnValues.AreEqual(expected[row][column], found[row][column]), $"row {row}, column {column}");
        }
    }

    private (ITransformer Transformer, string[] Columns) Create(string kind)
    {
        var data = Load(CreateRows(100));
        if (kind == "whitening")
            return (_ml.Transforms.WhitenModalities(ModalityColumns.PerColumn(new InputOutputColumnPair("White", "Embedding"))).Fit(data), ["White"]);
        if (kind == "classifier")
        {
            var classes = new ZeroShotClasses([.. Enumerable.Range(0, 40).Select(i => $"class {i}")], [.. TestEmbeddings.Create(40, Dimension, seed: 3).Chunk(Dimension)]);
            return (_ml.Transforms.ClassifyZeroShot("Embedding", classes, new ClassifyZeroShotOptions { SimilarityColumnName = "Similarity" }).Fit(data), ["Score", "Similarity", "PredictedLabel", "Probability"]);
        }

        var index = new EmbeddingIndex(Dimension);
        index.AddRange([.. Enumerable.Range(0, 100).Select(i => new EmbeddingId(i))], TestEmbeddings.Create(100, Dimension, seed: 4));
        return (_ml.Transforms.RetrieveNearest(index, "Embedding").Fit(data), ["NeighborIds", "NeighborScores"]);
    }

    private IEnumerable<Row> CreateRows(int count)
    {
        _rowsRead = _embeddingsRead = 0;
        var values = TestEmbeddings.Create(64, Dimension, seed: 2).Chunk(Dimension).ToArray();
        for (var i = 0; i < count; i++)
        {
            _rowsRead++;
            yield return new Row { Number = i, Name = $"row {i}", Values = [.. values[i % 64].Select(value => value + i)], OnRead = () => _embeddingsRead++ };
        }
    }

    private IDataView Load(IEnumerable<Row> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        var data = _ml.Data.LoadFromEnumerable(rows, schema);
        (_rowsRead, _embeddingsRead) = (0, 0);
        return data;
    }

    private sealed class Row
    {
        internal float[] Values = [];
        internal Action? OnRead;

        public int Number { get; set; }

        public string Name { get; set; } = "";

        public float[] Embedding
        {
            get
            {
                OnRead?.Invoke();
                return Values;
            }
            set => Values = value;
        }
    }
}
