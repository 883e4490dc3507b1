using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class ParquetTests
{
    private static readonly string[] _names = ["Embedding", "Id", "Caption", "IsGood", "Score", "Weight", "Small", "Time"];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void SaveAndLoad_KeepEveryBitOfEveryColumn()
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(2_000, 64);
        vectors[7][3] = float.NaN;
        vectors[8][0] = -0f;
        vectors[9][1] = float.Epsilon;
        var table = Embeddings.CreateTable(_ml, vectors);
        _ml.ModalityGap().SaveAsParquet(table, folder.File("t.parquet"), rowGroupRows: 300);

        var view = _ml.ModalityGap().LoadFromParquet(folder.File("t.parquet"));
        Assert.AreEqual(2_000L, view.GetRowCount());
        CollectionAssert.AreEquivalent(_names, view.Schema.Select(column => column.Name).ToArray());
        Embeddings.AssertEqual(vectors, Embeddings.Read(view, "Embedding"));
        foreach (var name in _names.Skip(1))
            Assert.AreEqual(table.Schema[name].Type, view.Schema[name].Type, name);
        CollectionAssert.AreEqual(table.GetColumn<long>("Id").ToArray(), view.GetColumn<long>("Id").ToArray());
        CollectionAssert.AreEqual(table.GetColumn<string>("Caption").ToArray(), view.GetColumn<string>("Caption").ToArray());
        CollectionAssert.AreEqual(table.GetColumn<bool>("IsGood").ToArray(), view.GetColumn<bool>("IsGood").ToArray());
        CollectionAssert.AreEqual(table.GetColumn<float>("Score").ToArray(), view.GetColumn<float>("Score").ToArray());
        CollectionAssert.AreEqual(table.GetColumn<double>("Weight").ToArray(), view.GetColumn<double>("Weight").ToArray());
        CollectionAssert.AreEqual(table.GetColumn<short>("Small").ToArray(), view.GetColumn<short>("Small").ToArray());
        CollectionAssert.AreEqual(table.GetColumn<DateTime>("Time").ToArray(), view.GetColumn<DateTime>("Time").ToArray());
    }

    [TestMethod]
    public void Fit_OfParquet_GivesTheFingerprintOfNpy()
    {
        using var folder = new TemporaryFolder();
        var table = Embeddings.CreateTable(_ml, Embeddings.Draw(2_000, 64));
        var catalog = _ml.ModalityGap();
        catalog.SaveAsNpy(table, folder.File("e.npy"), "Embedding");
        catalog.SaveAsParquet(table, folder.File("e.parquet"), rowGroupRows: 333);
        EmbeddingMapTransformer Fit(IDataView view) => _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("Embedding")).Fit(view);
        var model = Fit(catalog.LoadFromNpy(folder.File("e.npy"), "Embedding"));
        var parquet = catalog.LoadFromParquet(folder.File("e.parquet"), ["Embedding"]);
        Assert.AreEqual(model.Fingerprint, Fit(parquet).Fingerprint);

        // The mapped column beside what was there, and which maps it came through, come back.
        catalog.SaveAsParquet(model.Transform(catalog.LoadFromParquet(folder.File("e.parquet"))), folder.File("m.parquet"), rowGroupRows: 500);
        var mapped = catalog.LoadFromParquet(folder.File("m.parquet"));
        Assert.AreEqual(model.Fingerprint, mapped.Schema["Embedding"].FindMapFingerprint());
        Embeddings.AssertEqual(Embeddings.Read(model.Transform(table), "Embedding"), Embeddings.Read(mapped, "Embedding"));
        CollectionAssert.AreEqual(table.GetColumn<string>("Caption").ToArray(), mapped.GetColumn<string>("Caption").ToArray());
    }

    [TestMethod]
    public void Cursors_InParallelAndShuffled_GiveEveryRowOnceByRowGroup()
    {
        using var folder = new TemporaryFolder();
        _ml.ModalityGap().SaveAsParquet(Embeddings.CreateTable(_ml, Embeddings.Draw(1_000, 8)), folder.File("t.parquet"), rowGroupRows: 90);
        var view = _ml.ModalityGap().LoadFromParquet(folder.File("t.parquet"));
        long[] Read(DataViewRowCursor cursor)
        {
            using (cursor)
            {
                var getter = cursor.GetGetter<long>(view.Schema["Id"]);
                var ids = new List<long>();
                var id = 0L;
                while (cursor.MoveNext())
                {
                    getter(ref id);
                    ids.Add(id / 3_000_000_000L);
                }

                return [.. ids];
            }
        }

        var parts = view.GetRowCursorSet([view.Schema["Id"]], 3).Select(Read).ToArray();
        Assert.HasCount(3, parts);
        CollectionAssert.AreEqual(Enumerable.Range(0, 1_000).Select(i => (long)i).ToArray(), parts.SelectMany(part => part).Order().ToArray());
        Assert.IsTrue(parts[1].Take(90).SequenceEqual(Enumerable.Range(90, 90).Select(i => (long)i)), "A cursor gets whole row groups.");

        var shuffled = Read(view.GetRowCursor([view.Schema["Id"]], new Random(5)));
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 1_000).Select(i => (long)i).ToArray(), shuffled);
        CollectionAssert.AreNotEqual(Enumerable.Range(0, 1_000).Select(i => (long)i).ToArray(), shuffled);
    }

    [TestMethod]
    public void Shards_InAFolder_FollowEachOtherInNaturalOrder_AndErrorsNameRowGroupAndRow()
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(30, 4);
        vectors[17][2] = float.NaN;
        foreach (var (name, first) in new[] { ("p_10.parquet", 20), ("p_2.parquet", 10), ("p_1.parquet", 0) })
            _ml.ModalityGap().SaveAsParquet(Embeddings.CreateTable(_ml, vectors[first..(first + 10)]), folder.File(name), rowGroupRows: 4);
        foreach (var path in new[] { folder.Path, folder.File("p_*.parquet") })
            Embeddings.AssertEqual(vectors, Embeddings.Read(_ml.ModalityGap().LoadFromParquet(path), "Embedding"));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("Embedding")).Fit(_ml.ModalityGap().LoadFromParquet(folder.Path)));
        Assert.Contains("row 17 (row 3 of '", error.Message);
        Assert.Contains("p_2.parquet, row group 1')", error.Message);

        _ml.ModalityGap().SaveAsParquet(Embeddings.CreateTable(_ml, Embeddings.Draw(3, 5)), folder.File("p_3.parquet"));
        Assert.Contains("lists of 5 numbers", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromParquet(folder.Path)).Message);
    }

    // (lists of a row group, what a list is made of): nulls on every level, written by Parquet.Net from levels by hand.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Lists_OfDoublesWithNulls_AreErrorsOrRowsOfNaN(bool elementsMayMiss)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("lists.parquet");
        var leaf = new DataField("element", typeof(double), isNullable: elementsMayMiss);
        var count = new DataField("count", typeof(int), isNullable: true);
        var name = new DataField("name", typeof(string));
        var score = new DataField("score", typeof(double), isNullable: true);
        var full = elementsMayMiss ? 3 : 2;

        // [1 2 3], [], none, [4 5], [6 missing 7] or [6 6.5 7].
        await using (var stream = File.Create(path))
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(new ListField("v", leaf), count, name, score), stream);
            using var group = writer.CreateRowGroup();
            double[] numbers = elementsMayMiss ? [1, 2, 3, 4, 5, 6, 7] : [1, 2, 3, 4, 5, 6, 6.5, 7];
            int[] definitions = [full, full, full, 1, 0, full, full, full, elementsMayMiss ? 2 : full, full];
            int[] repetitions = [0, 1, 1, 0, 0, 0, 1, 0, 1, 1];
            await group.WriteAllPartsAsync<double>(leaf, numbers, definitions, repetitions, CancellationToken.None);
            await group.WriteAsync<int>(count, new int?[] { 1, null, 3, 4, 5 });
            await group.WriteAsync(name, new[] { "a", null, "", "d", null });
            await group.WriteAsync<double>(score, new double?[] { null, 1, null, 2, 3 });
        }

        var view = _ml.ModalityGap().LoadFromParquet(path, unusableRows: UnusableRows.Skip);
        var rows = Embeddings.Read(view, "v");
        Assert.AreEqual("1 2 3|NaN NaN NaN|NaN NaN NaN|NaN NaN NaN|" + (elementsMayMiss ? "6 NaN 7" : "6 6.5 7"), string.Join("|", rows.Select(row => string.Join(" ", row))));
        Assert.AreEqual("a|||d|", string.Join("|", view.GetColumn<string>("name")));
        Assert.AreEqual("NaN|1|NaN|2|3", string.Join("|", view.GetColumn<double>("score")));
        var missing = Assert.ThrowsExactly<InvalidDataException>(() => view.GetColumn<int>("count").ToArray());
        Assert.Contains("row group 0, row 1 has no value in 'count'", missing.Message);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(_ml.ModalityGap().LoadFromParquet(path, ["v"]), "v"));
        Assert.Contains($"'{path}', row group 0, row 1: the list in 'v' has 0 numbers where 3 are expected", error.Message);
    }

    [TestMethod]
    public void Damage_IsAnErrorThatNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t.parquet");
        _ml.ModalityGap().SaveAsParquet(Embeddings.CreateTable(_ml, Embeddings.Draw(50, 16)), path, rowGroupRows: 20);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 3, 8, 100, bytes.Length / 2, bytes.Length - 9, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Contains(path, Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromParquet(path)).Message);
        }

        // A footer that would be longer than the file, and one that is none.
        foreach (var (at, value) in new[] { (bytes.Length - 5, (byte)0x7F), (bytes.Length - 8, (byte)1) })
        {
            var damaged = bytes.ToArray();
            damaged[at] = value;
            File.WriteAllBytes(path, damaged);
            Assert.Contains(path, Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(_ml.ModalityGap().LoadFromParquet(path), "Embedding")).Message);
        }

        File.WriteAllText(path, "this is a text, not a table, whatever its name says");
        Assert.Contains("is no Parquet file", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromParquet(path)).Message);
        Assert.ThrowsExactly<FileNotFoundException>(() => _ml.ModalityGap().LoadFromParquet(folder.File("none.parquet")));
        Assert.Contains("has no column 'x'; it has ", Assert.ThrowsExactly<InvalidDataException>(() =>
        {
            File.WriteAllBytes(path, bytes);
            _ml.ModalityGap().LoadFromParquet(path, ["x"]);
        }).Message);
    }

    [TestMethod]
    public void Save_ThatFails_LeavesNoFile()
    {
        using var folder = new TemporaryFolder();
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => i < 9 ? new Embeddings.Row { Embedding = [1, 2] } : throw new InvalidOperationException("no more")), Schema());
        Assert.ThrowsExactly<InvalidOperationException>(() => _ml.ModalityGap().SaveAsParquet(data, folder.File("t.parquet"), rowGroupRows: 3));
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.ModalityGap().SaveAsParquet(data, folder.File("t.parquet"), ["none"]));

        static SchemaDefinition Schema()
        {
            var schema = SchemaDefinition.Create(typeof(Embeddings.Row));
            schema["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
            return schema;
        }
    }
}
