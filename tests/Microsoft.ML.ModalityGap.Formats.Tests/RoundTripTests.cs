using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>What goes into a file of one kind comes out of it, and through any other kind, bit for bit.</summary>
[TestClass]
public class RoundTripTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EveryKind_Of20000Times512_GivesEveryBitAndOneFingerprint()
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(20_000, 512);
        var table = Embeddings.CreateTable(_ml, vectors);
        var expected = Fit(table);
        foreach (var extension in FileKinds.Extensions)
        {
            var path = folder.File("e" + extension);
            FileKinds.Write(_ml, _ml.Transforms.SelectColumns("Embedding").Fit(table).Transform(table), path);
            var view = FileKinds.Load(_ml, path);
            Assert.AreEqual(20_000L, view.GetRowCount(), extension);
            Embeddings.AssertEqual(vectors, Embeddings.Read(view, "Embedding"));
            Assert.AreEqual(expected, Fit(view), extension);
            File.Delete(path);
        }
    }

    [TestMethod]
    public void EveryKind_MadeOfEveryOther_IsTheFileMadeOfTheRowsThemselves()
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(1_000, 24);
        vectors[7][3] = float.NaN;
        vectors[8][0] = -0f;
        vectors[9][1] = float.Epsilon;
        vectors[10][1] = float.NegativeInfinity;
        var model = _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("Embedding")).Fit(Embeddings.CreateTable(_ml, Embeddings.Draw(100, 24)));
        var mapped = model.Transform(Embeddings.CreateTable(_ml, vectors));
        var rows = _ml.Transforms.SelectColumns("Embedding").Fit(mapped).Transform(mapped);
        foreach (var extension in FileKinds.Extensions)
            FileKinds.Write(_ml, rows, folder.File("direct" + extension));
        var expected = Embeddings.Read(mapped, "Embedding");
        foreach (var source in FileKinds.Extensions)
        {
            foreach (var target in FileKinds.Extensions)
            {
                var path = folder.File($"from-{source[1..]}{target}");
                FileKinds.Write(_ml, FileKinds.Load(_ml, folder.File("direct" + source)), path);
                CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("direct" + target)), File.ReadAllBytes(path), $"{source} to {target}");
                var view = FileKinds.Load(_ml, path);
                Embeddings.AssertEqual(expected, Embeddings.Read(view, "Embedding"));
                Assert.AreEqual(model.Fingerprint, view.Schema["Embedding"].FindMapFingerprint(), $"{source} to {target}");
            }
        }
    }

    [TestMethod]
    public void Arrow_KeepsEveryColumn_AndHdf5WhatItHasTypesFor()
    {
        using var folder = new TemporaryFolder();
        var table = Embeddings.CreateTable(_ml, Embeddings.Draw(700, 8));
        _ml.ModalityGap().SaveAsArrow(table, folder.File("t.arrow"), batchRows: 300);
        _ml.ModalityGap().SaveAsHdf5(table, folder.File("t.h5"));
        var (arrow, hdf5) = (_ml.ModalityGap().LoadFromArrow(folder.File("t.arrow")), _ml.ModalityGap().LoadFromHdf5(folder.File("t.h5")));
        CollectionAssert.AreEquivalent(table.Schema.Select(column => column.Name).ToArray(), arrow.Schema.Select(column => column.Name).ToArray());
        CollectionAssert.AreEquivalent(new[] { "Embedding", "Id", "Caption", "Score", "Weight", "Small" }, hdf5.Schema.Select(column => column.Name).ToArray());
        foreach (var view in new[] { arrow, hdf5 })
        {
            Check<long>("Id", view);
            Check<string>("Caption", view);
            Check<float>("Score", view);
            Check<double>("Weight", view);
            Check<short>("Small", view);
            foreach (var column in view.Schema)
                Assert.AreEqual(table.Schema[column.Name].Type, column.Type, column.Name);
        }

        Check<bool>("IsGood", arrow);
        Check<DateTime>("Time", arrow);
        Assert.Contains("takes vectors of Single, numbers and texts", Assert.ThrowsExactly<NotSupportedException>(() => _ml.ModalityGap().SaveAsHdf5(table, folder.File("n.h5"), ["Time"])).Message);

        void Check<T>(string column, IDataView view) => CollectionAssert.AreEqual(table.GetColumn<T>(column).ToArray(), view.GetColumn<T>(column).ToArray(), column);
    }

    [TestMethod]
    public void Npz_AndSafetensors_HoldSeveralColumnsOfAnyTypeOfNumber()
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(50, 6);
        var copied = _ml.Transforms.CopyColumns("Other", "Embedding").Fit(Embeddings.CreateTable(_ml, vectors)).Transform(Embeddings.CreateTable(_ml, vectors));
        var mapped = _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("Other")).Fit(copied).Transform(copied);
        foreach (var type in Enum.GetValues<NpyElementType>())
        {
            _ml.ModalityGap().SaveAsNpz(mapped, folder.File("t.npz"), ["Embedding", "Other"], type);
            _ml.ModalityGap().SaveAsSafetensors(mapped, folder.File("t.safetensors"), ["Embedding", "Other"], type);
            foreach (var path in new[] { folder.File("t.npz"), folder.File("t.safetensors") })
            {
                var expected = type == NpyElementType.Float16 ? Array.ConvertAll(vectors, row => Array.ConvertAll(row, value => (float)(Half)value)) : vectors;
                var view = _ml.ModalityGap().LoadFromFiles(("e", path + ":Embedding"), ("o", path + ":Other"));
                Embeddings.AssertEqual(expected, Embeddings.Read(view, "e"));
                Assert.IsNull(view.Schema["e"].FindMapFingerprint());
                Assert.IsNotNull(view.Schema["o"].FindMapFingerprint());
            }
        }

        Assert.ThrowsExactly<ArgumentException>(() => _ml.ModalityGap().SaveAsNpz(mapped, folder.File("two.npz"), ["Other", "Other"]));
    }

    [TestMethod]
    public void Write_OfNoRows_IsReadAsNone()
    {
        using var folder = new TemporaryFolder();
        var table = Embeddings.CreateTable(_ml, Embeddings.Draw(5, 4));
        var none = _ml.Data.FilterRowsByColumn(_ml.Transforms.SelectColumns("Embedding", "Score").Fit(table).Transform(table), "Score", 100, 200);
        foreach (var extension in FileKinds.Extensions)
        {
            FileKinds.Write(_ml, none, folder.File("none" + extension));
            if (extension is ".parquet")
            {
                Assert.Contains("has no list in 'Embedding', and so no dimension", Assert.ThrowsExactly<InvalidDataException>(() => FileKinds.Load(_ml, folder.File("none" + extension))).Message);
                continue;
            }

            var view = FileKinds.Load(_ml, folder.File("none" + extension));
            Assert.AreEqual(0L, view.GetRowCount(), extension);
            Assert.IsEmpty(Embeddings.Read(view, "Embedding"), extension);
        }
    }

    [TestMethod]
    public void Write_ThatFails_LeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var good = Embeddings.CreateTable(_ml, Embeddings.Draw(5, 4));
        var definition = SchemaDefinition.Create(typeof(Embeddings.Row));
        definition["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        var bad = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => i < 9 ? new Embeddings.Row { Embedding = [1, 2] } : throw new InvalidOperationException("no more")), definition);
        foreach (var extension in FileKinds.Extensions)
        {
            var path = folder.File("t" + extension);
            FileKinds.Write(_ml, good, path);
            var before = File.ReadAllBytes(path);
            Assert.ThrowsExactly<InvalidOperationException>(() => FileKinds.Write(_ml, bad, path), extension);
            CollectionAssert.AreEqual(before, File.ReadAllBytes(path), extension);
        }

        Assert.HasCount(FileKinds.Extensions.Count, Directory.GetFiles(folder.Path));
    }

    private string Fit(IDataView view) => _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("Embedding")).Fit(view).Fingerprint;
}
