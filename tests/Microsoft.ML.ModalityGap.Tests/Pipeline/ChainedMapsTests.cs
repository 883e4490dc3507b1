using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

/// <summary>Transformers one behind the other, over files and over rows in memory: what comes out is one map after the other, bit for bit.</summary>
[TestClass]
public class ChainedMapsTests
{
    private const int Dimension = 37;
    private const int Rows = 700;

    private readonly MLContext _ml = new(seed: 1);
    private readonly float[] _values = TestEmbeddings.Create(Rows, Dimension, seed: 5);

    public static IEnumerable<object[]> Sources => [["<f4"], [">f4"], ["<f2"], ["memory"]];

    [TestMethod]
    [DynamicData(nameof(Sources))]
    public void Chain_OfUpToThreeMaps_IsOneAfterTheOther(string source)
    {
        using var folder = new TemporaryFolder();
        var (data, rows) = Load(folder, source);
        foreach (var maps in CreateChains())
        {
            var chain = maps.Aggregate(data, (before, map) => CreateTransformer(map).Transform(before));
            var expected = Array.ConvertAll(rows, row => maps.Aggregate(row, (before, map) => map.Apply(before)));
            CheckSame(expected, ColumnValues.Read(chain, "Embedding"));
            CheckSame(expected, ColumnValues.ReadParallel(chain, "Embedding"));
        }
    }

    [TestMethod]
    public void Chain_SavedAndLoaded_YieldsTheSame()
    {
        using var folder = new TemporaryFolder();
        var (data, rows) = Load(folder, "<f4");
        foreach (var maps in CreateChains())
        {
            var chain = new TransformerChain<ITransformer>([.. maps.Select(CreateTransformer)]);
            using var stream = new MemoryStream();
            _ml.Model.Save(chain, data.Schema, stream);
            stream.Position = 0;
            var loaded = _ml.Model.Load(stream, out _);
            CheckSame(Array.ConvertAll(rows, row => maps.Aggregate(row, (before, map) => map.Apply(before))), ColumnValues.Read(loaded.Transform(data), "Embedding"));
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    public void Rows_FewerThanABlock_ComeAll(int count)
    {
        foreach (var maps in CreateChains())
        {
            var chain = maps.Aggregate(LoadFromMemory(count), (before, map) => CreateTransformer(map).Transform(before));
            CheckSame([.. _values.Chunk(Dimension).Take(count).Select(row => maps.Aggregate(row, (before, map) => map.Apply(before)))], ColumnValues.Read(chain, "Embedding"));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Sources))]
    public void Cursors_BesideEachOther_DoNotDisturbOneAnother(string source)
    {
        using var folder = new TemporaryFolder();
        var (data, rows) = Load(folder, source);
        foreach (var maps in CreateChains())
        {
            var chain = maps.Aggregate(data, (before, map) => CreateTransformer(map).Transform(before));
            var column = chain.Schema["Embedding"];
            using var slow = chain.GetRowCursor([column]);
            using var fast = chain.GetRowCursor([column]);
            var (readSlow, readFast) = (ColumnValues.CreateReader(slow, column), ColumnValues.CreateReader(fast, column));
            for (var row = 0; row < 300; row++)
            {
                var expected = maps.Aggregate(rows[row], (before, map) => map.Apply(before));
                if (row % 2 == 0)
                    Assert.IsTrue(slow.MoveNext());
                Assert.IsTrue(fast.MoveNext());
                CollectionAssert.AreEqual(maps.Aggregate(rows[row / 2], (before, map) => map.Apply(before)), (float[])readSlow());
                CollectionAssert.AreEqual(expected, (float[])readFast());
            }
        }
    }

    [TestMethod]
    public void Cursor_LeftInABlock_ClosesTheFile()
    {
        using var folder = new TemporaryFolder();
        var (data, _) = Load(folder, "<f4");
        foreach (var maps in CreateChains())
        {
            var chain = maps.Aggregate(data, (before, map) => CreateTransformer(map).Transform(before));
            using (var cursor = chain.GetRowCursor([chain.Schema["Embedding"]]))
            {
                for (var row = 0; row < 150; row++)
                    Assert.IsTrue(cursor.MoveNext());
            }

            OpenHandles.AssertNone(folder.Path);
        }
    }

    [TestMethod]
    public void Blocks_OnOneCore_AreTheSame() => InnerRun.CheckOnOneCore(typeof(LookaheadTests));

    private IEnumerable<EmbeddingMap[]> CreateChains()
    {
        EmbeddingMap normalize = new(Dimension, new L2NormalizeStep());
        EmbeddingMap move = new(Dimension, new L2NormalizeStep(), new TranslateStep(TestEmbeddings.Create(1, Dimension, seed: 6)));
        EmbeddingMap center = new(Dimension, new L2NormalizeStep(), new TranslateStep(TestEmbeddings.Create(1, Dimension, seed: 7)), new L2NormalizeStep());
        EmbeddingMap project = new(Dimension, new ProjectStep(TestEmbeddings.Create(20, Dimension, seed: 8), 20));
        EmbeddingMap truncate = new(Dimension, new TruncateStep(9), new L2NormalizeStep());
        EmbeddingMap scale = new(20, new ScaleStep(TestEmbeddings.Create(1, 20, seed: 9)));
        return [[center], [center, center], [move, normalize], [center, move, center], [move, center, truncate], [center, project, scale]];
    }

    private EmbeddingMapTransformer CreateTransformer(EmbeddingMap map) =>
        new(_ml, ModalityColumns.PerColumn("Embedding"), [new ModalityMap("Embedding", map) { ExpectedInput = ModalityMap.AnyInput }]);

    private (IDataView Data, float[][] Rows) Load(TemporaryFolder folder, string source)
    {
        if (source == "memory")
            return (LoadFromMemory(Rows), [.. _values.Chunk(Dimension)]);
        var path = folder.File("rows.npy");
        File.WriteAllBytes(path, NumberFiles.Npy([.. _values.Select(value => (double)value)], [Rows, Dimension], source));
        return (_ml.ModalityGap().LoadFromNpy(path), [.. _values.Select(value => source == "<f2" ? (float)(Half)value : value).Chunk(Dimension)]);
    }

    private IDataView LoadFromMemory(int count)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        return _ml.Data.LoadFromEnumerable(_values.Chunk(Dimension).Take(count).Select(row => new Row { Embedding = row }).ToArray(), schema);
    }

    private static void CheckSame(float[][] expected, List<object[]> found)
    {
        Assert.HasCount(expected.Length, found);
        for (var row = 0; row < expected.Length; row++)
            CollectionAssert.AreEqual(expected[row], (float[])found[row][0], $"row {row}");
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }
}
