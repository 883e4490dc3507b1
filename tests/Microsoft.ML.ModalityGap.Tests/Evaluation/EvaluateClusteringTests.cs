using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

[TestClass]
public class EvaluateClusteringTests
{
    [TestMethod]
    public void EvaluateClustering_OpenAndClosedGap_FollowsModalityThenContent()
    {
        var context = new MLContext();
        var open = context.ModalityGap().EvaluateClustering(View(context, Create(gap: 3)), ModalityColumns.PerColumn("Image", "Text"), "Label", new() { ClusterCount = 2 });
        Assert.AreEqual(1, open.Modalities.AdjustedRandIndex, 1e-12);
        Assert.AreEqual(0, open.RowAgreement);
        Assert.AreEqual(0, open.Labels!.GetNormalizedMutualInformation(), 1e-9);

        var closed = context.ModalityGap().EvaluateClustering(View(context, Create(gap: 0)), ModalityColumns.PerColumn("Image", "Text"), "Label");
        Assert.AreEqual(3, closed.ClusterCount);
        Assert.AreEqual(1, closed.Labels!.AdjustedRandIndex, 1e-12);
        Assert.AreEqual(0, closed.Modalities.GetNormalizedMutualInformation(), 1e-9);
        Assert.AreEqual(1, closed.RowAgreement);
        Assert.AreEqual(180, closed.Count);
        StringAssert.Contains(closed.ToString(), "by label (3 labels, 180 vectors): ARI 1.0000");
    }

    [TestMethod]
    public void EvaluateClustering_MeanSquaredDistance_IsThatOfTheClusters()
    {
        var context = new MLContext();
        var rows = Create(gap: 1);
        var metrics = context.ModalityGap().EvaluateClustering(View(context, rows), ModalityColumns.PerColumn("Image", "Text"), options: new() { ClusterCount = 5 });
        Assert.IsNull(metrics.Labels);
        double[][] vectors = [.. rows.Select(row => row.Image).Concat(rows.Select(row => row.Text)).Select(row => NaiveMoments.Normalize(Array.ConvertAll(row, value => (double)value)))];
        var distance = 0.0;
        foreach (var cluster in vectors.Zip(metrics.Clusters).GroupBy(entry => entry.Second, entry => entry.First))
        {
            var center = Enumerable.Range(0, 4).Select(d => cluster.Average(vector => vector[d])).ToArray();
            distance += cluster.Sum(vector => vector.Zip(center, (a, b) => (a - b) * (a - b)).Sum());
        }

        // k-means stops a little before its centres are the means.
        Assert.AreEqual(distance / vectors.Length, metrics.MeanSquaredDistance, 1e-3);
    }

    [TestMethod]
    public void EvaluateClustering_LongData_EqualsWideData()
    {
        var context = new MLContext();
        var rows = Create(gap: 0);
        rows[4].Label = "";
        var wide = context.ModalityGap().EvaluateClustering(View(context, rows), ModalityColumns.PerColumn("Image", "Text"), "Label");
        List<Row> stacked =
        [
            .. rows.Select(row => new Row { Image = row.Image, Text = row.Image, Label = row.Label, Modality = "image" }),
            .. rows.Select(row => new Row { Image = row.Text, Text = row.Text, Label = row.Label, Modality = "text" }),
        ];
        var longer = context.ModalityGap().EvaluateClustering(View(context, stacked), ModalityColumns.PerRow("Image", "Modality"), "Label");
        CollectionAssert.AreEqual(wide.Clusters.ToArray(), longer.Clusters.ToArray());
        Assert.AreEqual(wide.Labels!.ToString(), longer.Labels!.ToString());
        Assert.AreEqual(178, longer.Labels.Count);
        Assert.IsNull(longer.RowAgreement);
    }

    [TestMethod]
    public void EvaluateClustering_SameSeed_IsTheSame()
    {
        var context = new MLContext();
        string Evaluate(int seed) => context.ModalityGap().EvaluateClustering(
            TestEmbeddings.CreateDataView(context, 90, 6), ModalityColumns.PerColumn("Image", "Text"), options: new() { ClusterCount = 7, Restarts = 1, Seed = seed }).ToString();
        Assert.AreEqual(Evaluate(1), Evaluate(1));
    }

    [TestMethod]
    public void EvaluateClustering_DegenerateData_YieldsNumbers()
    {
        var context = new MLContext();
        Row[] same = [.. Enumerable.Range(0, 8).Select(i => new Row { Image = [1, 2, 3, 4], Text = [1, 2, 3, 4], Label = $"{i % 2}" })];
        var metrics = context.ModalityGap().EvaluateClustering(View(context, same), ModalityColumns.PerColumn("Image", "Text"), "Label", new() { ClusterCount = 1 });
        Assert.AreEqual(0, metrics.MeanSquaredDistance, 1e-6);
        Assert.AreEqual(0, metrics.Labels!.VMeasure);
        Assert.AreEqual(1, metrics.RowAgreement);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().EvaluateClustering(View(context, same), ModalityColumns.PerColumn("Image", "Text"), "Label")).Message,
            "no 2 clusters of these vectors");
        var one = context.ModalityGap().EvaluateClustering(View(context, [same[0]]), ModalityColumns.PerColumn("Image"), "Label");
        Assert.AreEqual(1, one.Labels!.AdjustedRandIndex);
    }

    [TestMethod]
    public void EvaluateClustering_BadInput_SaysWhatIsWrong()
    {
        var context = new MLContext();
        var catalog = context.ModalityGap();
        var data = View(context, Create(gap: 0));
        var columns = ModalityColumns.PerColumn("Image", "Text");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => catalog.EvaluateClustering(data, columns)).Message, "ClusterCount");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateClustering(data, columns, options: new() { ClusterCount = 181 })).Message, "180 usable vectors cannot make 181 clusters");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.EvaluateClustering(data, columns, "Image")).Message, "'Image'");
        var nameless = Create(gap: 0);
        nameless.ForEach(row => row.Label = "");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateClustering(View(context, nameless), columns, "Label")).Message, "holds no label");
    }

    /// <summary>Three classes around three axes; the fourth axis parts the modalities.</summary>
    private static List<Row> Create(float gap)
    {
        var random = new Random(3);
        float[] Draw(int label, float side) => [.. Enumerable.Range(0, 4).Select(d => (d == label ? 1 : 0) + (d == 3 ? side : 0) + 0.1f * (float)(random.NextDouble() - 0.5))];
        return [.. Enumerable.Range(0, 90).Select(i => new Row { Image = Draw(i % 3, gap), Text = Draw(i % 3, -gap), Label = $"class {i % 3}" })];
    }

    private static IDataView View(MLContext context, IEnumerable<Row> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Image"].ColumnType = definition["Text"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        return context.Data.LoadFromEnumerable(rows.ToList(), definition);
    }

    private sealed class Row
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];

        public string Label { get; set; } = "";

        public string Modality { get; set; } = "";
    }
}
