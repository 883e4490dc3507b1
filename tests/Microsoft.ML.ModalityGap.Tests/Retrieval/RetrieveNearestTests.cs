using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

[TestClass]
public class RetrieveNearestTests
{
    private const int Dimension = 13;

    [TestMethod]
    public void RetrieveNearest_NumbersAndRescoring_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.RetrieveNearest(
                CreateIndex(context, text: false),
                "Text",
                new RetrieveNearestOptions
                {
                    K = 4,
                    Modalities = ["image"],
                    Rescorer = new Rescorer(new InvertedSoftmax(), Dimension, TestEmbeddings.Create(30, Dimension, seed: 5)),
                    IdsColumnName = "Found",
                    ScoresColumnName = "Score",
                }),
            context => TestEmbeddings.CreateDataView(context),
            ["Text"],
            ["Found", "Score"]);

    [TestMethod]
    public void RetrieveNearest_TextsInt8VariableVectorsSkip_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.RetrieveNearest(CreateIndex(context, text: true), "Text", new RetrieveNearestOptions { K = 1000, UnusableRows = UnusableRows.Skip }),
            context => TestEmbeddings.CreateDataView(context, variable: true),
            ["Text"],
            ["NeighborIds", "NeighborScores"]);

    [TestMethod]
    public void RetrieveNearest_Rows_AreThoseOfSearchBatch()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var index = CreateIndex(context, text: true);
        var rows = ColumnValues.Read(context.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { K = 3 }).Fit(data).Transform(data), "NeighborIds", "NeighborScores");
        var expected = index.SearchBatch(data, "Text", 3);
        for (var i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(expected[i].Select(neighbor => neighbor.Id.ToString()).ToArray(), (string[])rows[i][0]);
            CollectionAssert.AreEqual(expected[i].Select(neighbor => neighbor.Score).ToArray(), (float[])rows[i][1]);
        }
    }

    [TestMethod]
    [DataRow(true, 7)]
    [DataRow(false, 7)]
    [DataRow(true, null)]
    public void RetrieveNearest_SignBitsSavedAndLoaded_IsSearchedAsAsked(bool useFirstPass, int? candidates)
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var index = context.ModalityGap().CreateIndex(
            TestEmbeddings.CreateDataView(context, rows: 300, seed: 3), "Image", "Id", "Modality", new EmbeddingIndexOptions { FirstPass = IndexFirstPass.ApproximateBits });
        var options = new RetrieveNearestOptions { K = 3, UseFirstPass = useFirstPass, ApproximateCandidates = candidates };
        var loaded = ComponentConformance.SaveAndLoad(context.Transforms.RetrieveNearest(index, "Text", options).Fit(data), data.Schema, out _);
        var rows = ColumnValues.Read(loaded.Transform(data), "NeighborIds", "NeighborScores");
        var expected = index.SearchBatch(data, "Text", 3, new SearchOptions { UseFirstPass = useFirstPass, ApproximateCandidates = candidates });
        for (var i = 0; i < rows.Count; i++)
        {
            CollectionAssert.AreEqual(expected[i].Select(neighbor => neighbor.Id.Number).ToArray(), (long[])rows[i][0]);
            CollectionAssert.AreEqual(expected[i].Select(neighbor => neighbor.Score).ToArray(), (float[])rows[i][1]);
        }
    }

    [TestMethod]
    public void RetrieveNearest_PredictionEngineOfALoadedModel_Finds()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var chain = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var index = context.ModalityGap().CreateIndex(chain.Transform(data), "Image", "Id", "Modality");
        var model = chain.Append(context.Transforms.RetrieveNearest(index, "Image", new RetrieveNearestOptions { K = 2 }).Fit(chain.Transform(data)));
        var loaded = ComponentConformance.SaveAndLoad(model, data.Schema, out var schema);
        var engine = new MLContext().Model.CreatePredictionEngine<TestEmbeddings.Pair, Found>(loaded, schema);
        var images = TestEmbeddings.Create(150, Dimension, seed: 1);
        foreach (var i in new[] { 0, 71, 149 })
        {
            var found = engine.Predict(new TestEmbeddings.Pair { Image = images.AsSpan(i * Dimension, Dimension).ToArray(), Text = new float[Dimension] });
            Assert.AreEqual(i, found.NeighborIds[0]);
            Assert.HasCount(2, found.NeighborScores);
            Assert.AreEqual(1, found.NeighborScores[0], 1e-6);
        }
    }

    [TestMethod]
    public void RetrieveNearest_UnusableRow_ThrowsOrIsMissing()
    {
        var context = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, 3).Select(i => new TestEmbeddings.Pair { Id = i, Image = new float[Dimension], Text = TestEmbeddings.Create(1, Dimension, seed: i), Modality = "a" }).ToArray();
        rows[2].Text[4] = float.NaN;
        var data = TestEmbeddings.CreateDataView(context, rows, Dimension);
        var index = CreateIndex(context, text: false);
        var exception = Assert.Throws<Exception>(() => ColumnValues.Read(context.Transforms.RetrieveNearest(index, "Text").Fit(data).Transform(data), "NeighborIds"));
        Assert.Contains("Column 'Text', row 2 cannot be used: it holds a NaN at dimension 4", exception.ToString());
        var skipped = ColumnValues.Read(
            context.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { K = 2, UnusableRows = UnusableRows.Skip }).Fit(data).Transform(data), "NeighborIds", "NeighborScores");
        CollectionAssert.AreEqual(new long[] { -1, -1 }, (long[])skipped[2][0]);
        CollectionAssert.AreEqual(new[] { float.NaN, float.NaN }, (float[])skipped[2][1]);
        Assert.IsTrue(((long[])skipped[1][0])[0] >= 0);
    }

    [TestMethod]
    public void RetrieveNearest_ThatCannotFind_IsRefused()
    {
        var context = new MLContext(seed: 1);
        var index = CreateIndex(context, text: true);
        Assert.Contains("has no rows", Assert.ThrowsExactly<ArgumentException>(() => context.Transforms.RetrieveNearest(new EmbeddingIndex(3), "Text")).Message);
        Assert.Contains("There is 'image', 'text'", Assert.ThrowsExactly<ArgumentException>(
            () => context.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { Modalities = ["audio"] })).Message);
        Assert.ThrowsExactly<ArgumentException>(() => context.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { IdsColumnName = "A", ScoresColumnName = "A" }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrieveNearestOptions { ApproximateCandidates = 0 });

        var data = TestEmbeddings.CreateDataView(context);
        var model = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var closed = context.ModalityGap().CreateIndex(model.Transform(data), "Image");
        var other = context.Transforms.CenterModalities("Text").Fit(data);
        Assert.Contains(other.Fingerprint, Assert.ThrowsExactly<InvalidDataException>(() => context.Transforms.RetrieveNearest(closed, "Text").Fit(other.Transform(data))).Message);
    }

    [TestMethod]
    public void RetrieveNearest_DamagedModel_IsRefused()
    {
        var context = new MLContext(seed: 1);
        using var stream = new MemoryStream();
        RetrieveNearestFormat.Write(stream, context.Transforms.RetrieveNearest(CreateIndex(context, text: true), "Text").Fit(TestEmbeddings.CreateDataView(context)));
        foreach (var (what, damaged) in Damage.Cut(stream.ToArray(), step: 499).Concat(Damage.Flip(stream.ToArray(), step: 997)))
            Assert.IsTrue(Damage.IsRefused(damaged, copy => RetrieveNearestFormat.Read(copy), what), what);
    }

    private static EmbeddingIndex CreateIndex(MLContext context, bool text)
    {
        var data = TestEmbeddings.CreateDataView(context, rows: 60, seed: 3);
        var names = context.Transforms.Conversion.ConvertType("Name", "Id", DataKind.String).Fit(data).Transform(data);
        return text
            ? context.ModalityGap().CreateIndex(names, "Image", "Name", "Modality", new EmbeddingIndexOptions { Storage = IndexStorage.Int8 })
            : context.ModalityGap().CreateIndex(data, "Image", "Id", "Modality");
    }

    private sealed class Found
    {
        public long[] NeighborIds { get; set; } = [];

        public float[] NeighborScores { get; set; } = [];
    }
}
