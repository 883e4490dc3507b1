using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Captioning;

[TestClass]
public class ScoreCaptionsTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ScoreCaptions_Cosine_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { Kind = CaptionScoreKind.Cosine, ScoreColumnName = "Cosine" }),
            context => TestEmbeddings.CreateDataView(context),
            ["Image", "Text"],
            ["Cosine"]);

    [TestMethod]
    public void ScoreCaptions_ReferencesAndMaps_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions
            {
                ReferenceColumnNames = ["Reference", "References"],
                ImageMap = new EmbeddingMap(6, new L2NormalizeStep(), new TranslateStep([0.1f, 0, 0, 0, 0, -0.2f]), new TruncateStep(5)),
                TextMap = new EmbeddingMap(6, new TruncateStep(5)),
                ReferenceScoreColumnName = "RefClipS",
            }),
            context => CreateDataView(context, Enumerable.Range(0, 120).Select(i => CreateRow(i, references: 1 + i % 3))),
            ["Image", "Text", "Reference", "References"],
            ["CaptionScore", "RefClipS"]);

    [TestMethod]
    public void Scores_OfPlainVectors_AreThoseByHand()
    {
        // cos(image, text) = 0.6; cos(text, references) = 0.8 and 0.
        var row = new Row { Image = [5, 0, 0, 0, 0, 0], Text = [0.6f, 0.8f, 0, 0, 0, 0], Reference = [0, 2, 0, 0, 0, 0], References = [0, 0, 1, 0, 0, 0] };
        Check(CaptionScoreKind.ClipS, row, 2.5 * 0.6, 2 * 1.5 * 0.8 / (1.5 + 0.8));
        Check(CaptionScoreKind.Cosine, row, 0.6, 2 * 0.6 * 0.8 / (0.6 + 0.8));
        Assert.AreEqual(60, (float)Score(row, new ScoreCaptionsOptions { Kind = CaptionScoreKind.TorchMetrics })[0], 1e-4);

        // Negative: clipped, but for the plain cosine; with references 0.
        var against = new Row { Image = [-5, 0, 0, 0, 0, 0], Text = row.Text, Reference = row.Reference, References = row.References };
        Check(CaptionScoreKind.ClipS, against, 0, 0);
        Check(CaptionScoreKind.Cosine, against, -0.6, 0);
    }

    [TestMethod]
    public void ReferenceScore_RowsWithoutReferencesOrDirection_AreNaN()
    {
        var lone = CreateRow(1, references: 0);
        lone.Reference = [];
        Assert.IsTrue(float.IsNaN((float)Score(lone, new ScoreCaptionsOptions { ReferenceColumnNames = ["Reference", "References"] })[1]));
        var zero = CreateRow(1, references: 1);
        zero.Text = new float[6];
        Assert.IsTrue(float.IsNaN((float)Score(zero, new ScoreCaptionsOptions())[0]));

        var odd = CreateRow(1, references: 1);
        odd.References = [1, 2, 3, 4];
        var exception = Assert.Throws<Exception>(() => Score(odd, new ScoreCaptionsOptions { ReferenceColumnNames = ["References"] }));
        Assert.Contains("'References', row 0, has 4 values, which is no whole number of references of 6 dimensions", (exception.InnerException ?? exception).Message);
    }

    [TestMethod]
    public void I0TS_ByMapsAndByColumns_IsTheSame()
    {
        var data = TestEmbeddings.CreateDataView(_ml);
        var center = _ml.Transforms.CenterModalities("Image", "Text").Fit(data);
        var options = new ScoreCaptionsOptions { ImageMap = center.GetModality("Image").Map, TextMap = center.GetModality("Text").Map };
        var byMaps = ColumnValues.Read(_ml.Transforms.ScoreCaptions("Image", "Text", options).Fit(data).Transform(data), "CaptionScore");
        var closed = center.Transform(data);
        var byColumns = ColumnValues.Read(_ml.Transforms.ScoreCaptions("Image", "Text").Fit(closed).Transform(closed), "CaptionScore");
        for (var i = 0; i < byMaps.Count; i++)
            Assert.AreEqual((float)byColumns[i][0], (float)byMaps[i][0], 1e-5f);
        Assert.AreEqual(byMaps.Average(row => (float)row[0]), _ml.ModalityGap().EvaluateCaptions(data, "Image", "Text", options).Mean, 1e-6);
    }

    /// <summary>The paper's figure goes from −0.349 to 0.660: cosines as they are, and none cut off at 0.</summary>
    [TestMethod]
    [DataRow(-0.349f)]
    [DataRow(0.660f)]
    public void Score_WithMaps_IsThePlainCosine(float cosine)
    {
        var row = new Row { Image = [1, 0, 0, 0, 0, 0], Text = [cosine, MathF.Sqrt(1 - cosine * cosine), 0, 0, 0, 0], Reference = [0, 1, 0, 0, 0, 0], References = [0, 0, 1, 0, 0, 0] };
        var maps = new ScoreCaptionsOptions { ImageMap = new EmbeddingMap(6, new L2NormalizeStep()), TextMap = new EmbeddingMap(6, new L2NormalizeStep()) };
        Assert.AreEqual(CaptionScoreKind.I0TS, maps.Kind);
        Assert.AreEqual(cosine, (float)Score(row, maps)[0], 1e-6f);
        Assert.AreEqual(2.5f * Math.Max(cosine, 0), (float)Score(row, maps with { Kind = CaptionScoreKind.ClipS })[0], 1e-6f);

        // RefI0T-S: the harmonic mean of both cosines, or the lower one where that is not positive.
        var reference = Math.Sqrt(1 - cosine * cosine);
        var expected = cosine > 0 ? 2 * cosine * reference / (cosine + reference) : cosine;
        Assert.AreEqual(expected, (float)Score(row, maps with { ReferenceColumnNames = ["Reference", "References"] })[1], 1e-6);
    }

    /// <summary>2.5·max(cos, 0) makes most strangers alike on closed embeddings, so that no ranking can tell them apart; I0T-S does not.</summary>
    [TestMethod]
    public void RealClip_StrangersWithTheGapClosed_AreNotAllZero()
    {
        var data = _ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var closed = _ml.Transforms.CenterModalities("Image", "Text").Fit(data).Transform(data);
        var rows = ColumnValues.Read(closed, "Image", "Text");
        var strangers = rows.Select((row, i) => new Row { Image = (float[])row[0], Text = (float[])rows[(i + 1) % rows.Count][1] }).ToList();
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Image"].ColumnType = definition["Text"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 512);
        var view = _ml.Data.LoadFromEnumerable(strangers, definition);

        int CountZero(CaptionScoreKind kind) => ColumnValues.Read(
            _ml.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { Kind = kind }).Fit(view).Transform(view), "CaptionScore").Count(row => (float)row[0] == 0);
        Assert.IsGreaterThan(rows.Count / 2, CountZero(CaptionScoreKind.ClipS));
        Assert.AreEqual(0, CountZero(CaptionScoreKind.I0TS));
    }

    [TestMethod]
    public void EvaluateCaptions_EqualsTheColumns()
    {
        var data = CreateDataView(_ml, Enumerable.Range(0, 50).Select(i => CreateRow(i, references: 2)));
        var options = new ScoreCaptionsOptions { ReferenceColumnNames = ["Reference", "References"] };
        var rows = ColumnValues.Read(_ml.Transforms.ScoreCaptions("Image", "Text", options).Fit(data).Transform(data), "CaptionScore", "ReferenceScore");
        var summary = _ml.ModalityGap().EvaluateCaptions(data, "Image", "Text", options);
        Assert.AreEqual(50, summary.Count);
        Assert.AreEqual(rows.Average(row => (float)row[0]), summary.Mean, 1e-6);
        Assert.AreEqual(rows.Average(row => (float)row[1]), summary.ReferenceMean!.Value, 1e-6);
        Assert.AreEqual(rows.Max(row => (float)row[0]), summary.Maximum, 1e-6);
        Assert.AreEqual(Math.Sqrt(rows.Average(row => Math.Pow((float)row[0] - summary.Mean, 2))), summary.StandardDeviation, 1e-6);
    }

    /// <summary>torchmetrics adds up 100·cos with its sign, and takes max(mean, 0) at the end.</summary>
    [TestMethod]
    public void EvaluateCaptions_TorchMetrics_ClipsTheMeanNotTheRows()
    {
        var rows = new[] { new Row { Image = [1, 0, 0, 0, 0, 0], Text = [1, 0, 0, 0, 0, 0] }, new Row { Image = [1, 0, 0, 0, 0, 0], Text = [-0.6f, 0.8f, 0, 0, 0, 0] } };
        var data = CreateDataView(_ml, rows);
        var options = new ScoreCaptionsOptions { Kind = CaptionScoreKind.TorchMetrics };
        Assert.AreEqual(20, _ml.ModalityGap().EvaluateCaptions(data, "Image", "Text", options).Mean, 1e-4);
        Assert.AreEqual(1.25, _ml.ModalityGap().EvaluateCaptions(data, "Image", "Text").Mean, 1e-6);
    }

    [TestMethod]
    public void EvaluateCaptions_UnusableRow_IsNamedOrLeftOut()
    {
        var broken = CreateRow(1, references: 1);
        broken.Image[2] = float.NaN;
        var data = CreateDataView(_ml, [CreateRow(0, 1), broken, CreateRow(2, 1)]);
        Assert.Contains("row 1 cannot be scored", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().EvaluateCaptions(data, "Image", "Text")).Message);
        var summary = _ml.ModalityGap().EvaluateCaptions(data, "Image", "Text", unusableRows: UnusableRows.Skip);
        Assert.AreEqual(2, summary.Count);
        Assert.AreEqual(1, summary.SkippedCount);
    }

    [TestMethod]
    public void Options_ThatContradictEachOther_AreRefused()
    {
        Check("torchmetrics has no score with references", new ScoreCaptionsOptions { Kind = CaptionScoreKind.TorchMetrics, ReferenceColumnNames = ["Reference"] });
        Check("'CaptionScore' would be written twice", new ScoreCaptionsOptions { ReferenceColumnNames = ["Reference"], ReferenceScoreColumnName = "CaptionScore" });
        Check("only embeddings of one space", new ScoreCaptionsOptions { ImageMap = new EmbeddingMap(6, new TruncateStep(3)), TextMap = new EmbeddingMap(6) });
        var data = CreateDataView(_ml, [CreateRow(0, 1)]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { ImageMap = new EmbeddingMap(6, new TruncateStep(3)) }).Fit(data));

        static void Check(string message, ScoreCaptionsOptions options) =>
            Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.ScoreCaptions("Image", "Text", options)).Message);
    }

    private static void Check(CaptionScoreKind kind, Row row, double score, double referenceScore)
    {
        var values = Score(row, new ScoreCaptionsOptions { Kind = kind, ReferenceColumnNames = ["Reference", "References"] });
        Assert.AreEqual(score, (float)values[0], 1e-6);
        Assert.AreEqual(referenceScore, (float)values[1], 1e-6);
    }

    private static object[] Score(Row row, ScoreCaptionsOptions options)
    {
        var data = CreateDataView(_ml, [row]);
        string[] columns = options.ReferenceColumnNames.Count > 0 ? ["CaptionScore", "ReferenceScore"] : ["CaptionScore"];
        return ColumnValues.Read(_ml.Transforms.ScoreCaptions("Image", "Text", options).Fit(data).Transform(data), columns)[0];
    }

    private static Row CreateRow(int seed, int references)
    {
        var random = new Random(seed);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.3))];
        return new Row { Id = seed, Image = Draw(6), Text = Draw(6), Reference = Draw(6), References = Draw(6 * references) };
    }

    private static IDataView CreateDataView(MLContext context, IEnumerable<Row> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Image"].ColumnType = definition["Text"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 6);
        return context.Data.LoadFromEnumerable(rows.ToList(), definition);
    }

    private sealed class Row
    {
        public int Id { get; set; }

        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];

        public float[] Reference { get; set; } = [];

        public float[] References { get; set; } = [];
    }
}
