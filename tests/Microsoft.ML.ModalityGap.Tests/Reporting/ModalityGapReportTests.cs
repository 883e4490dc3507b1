namespace Microsoft.ML.ModalityGap.Tests.Reporting;

[TestClass]
public class ModalityGapReportTests
{
    private static readonly DateTimeOffset _time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [TestMethod]
    public void Report_BeforeAndAfter_HoldsWhatEvaluateMeasures()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var map = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var report = context.ModalityGap().CreateReport(data, "Image", "Text", map);

        Assert.AreEqual(context.ModalityGap().Evaluate(data, "Image", "Text").ToString(), report.Before.ToString());
        Assert.AreEqual(context.ModalityGap().Evaluate(map.Transform(data), "Image", "Text").ToString(), report.After!.ToString());
        var recall = report.GetFigure("recall").Table;
        Assert.AreEqual(report.After.FirstToSecond.RecallAt(1).ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture), recall.Rows[0][3]);
    }

    [TestMethod]
    public void Report_SameDataAndSeed_IsTheSameFile()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        string Write(int seed) => context.ModalityGap().CreateReport(data, "Image", "Text", options: new() { CreatedAt = _time, PointCount = 40, Seed = seed }).ToHtml();
        Assert.AreEqual(Write(1), Write(1));
        Assert.AreNotEqual(Write(1), Write(2));
    }

    [TestMethod]
    public void Report_Provenance_NamesDataMapsAndVersions()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var map = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var html = context.ModalityGap().CreateReport(data, "Image", "Text", map, new() { DataDescription = "made up", CreatedAt = _time }).ToHtml();
        foreach (var expected in new[] { "made up", map.Fingerprint, map.Modalities[0].Map.Fingerprint, map.Modalities[1].Map.Fingerprint, "2026-01-02 03:04 UTC", "Microsoft.ML.ModalityGap 0.", "Microsoft.ML 6.", ".NET 10." })
            Assert.Contains(expected, html);
    }

    [TestMethod]
    public void Report_ChainWithNewColumns_FindsTheMappedOnes()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var chain = context.Transforms.CenterModalities(ModalityColumns.PerColumn(new InputOutputColumnPair("A", "Image"), new InputOutputColumnPair("B", "Text")))
            .Append(context.Transforms.CenterModalities(ModalityColumns.PerColumn(new InputOutputColumnPair("C", "A"), new InputOutputColumnPair("D", "B")))).Fit(data);
        var report = context.ModalityGap().CreateReport(data, "Image", "Text", chain);
        Assert.AreEqual(context.ModalityGap().Evaluate(chain.Transform(data), "C", "D").CentroidDistance, report.After!.CentroidDistance);
        Assert.AreEqual("Image", report.After.First);
    }

    [TestMethod]
    public void Report_WithoutAMap_ShowsOneState()
    {
        var context = new MLContext(seed: 1);
        var report = context.ModalityGap().CreateReport(TestEmbeddings.CreateDataView(context), "Image", "Text");
        Assert.IsNull(report.After);
        Assert.DoesNotContain("after", report.ToString());
        Assert.DoesNotContain("after", string.Join(" ", report.Figures.Select(figure => figure.Table.ToString())));
        _ = new ReportHtml(report.ToHtml());
    }

    [TestMethod]
    public void Report_BeforeAndAfterOfOtherRows_IsRefused()
    {
        var context = new MLContext(seed: 1);
        var (before, after) = (TestEmbeddings.CreateDataView(context), TestEmbeddings.CreateDataView(context, rows: 149));
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().CreateReport(before, after, "Image", "Text"));
        Assert.Contains("150", exception.Message);
        Assert.Contains("149", exception.Message);
    }

    [TestMethod]
    public void Report_RowsUnusableBeforeOrAfter_AreLeftOutOfBoth()
    {
        // Centring gives the zero rows a direction, so that 3 pairs are unusable before the map and 1 after it.
        var context = new MLContext(seed: 1);
        var random = new Random(1);
        float[] Draw(float shift) => [.. Enumerable.Range(0, 6).Select(_ => shift + random.NextSingle())];
        var rows = Enumerable.Range(0, 30).Select(_ => new TestEmbeddings.Pair { Image = Draw(0.5f), Text = Draw(-0.5f) }).ToArray();
        var usable = rows.Where((_, row) => row is not (0 or 7 or 29)).ToArray();
        rows[0].Text = new float[6];
        rows[7].Image[2] = float.NaN;
        rows[29].Image = new float[6];
        var (data, expected) = (TestEmbeddings.CreateDataView(context, rows, 6), TestEmbeddings.CreateDataView(context, usable, 6));
        var map = context.Transforms.CenterModalities("Image", "Text").Fit(expected);

        var report = context.ModalityGap().CreateReport(data, "Image", "Text", map, new() { UnusableRows = UnusableRows.Skip });

        foreach (var (metrics, of) in new[] { (report.Before, expected), (report.After!, map.Transform(expected)) })
        {
            var same = context.ModalityGap().Evaluate(of, "Image", "Text");
            Assert.AreEqual(27, metrics.Count);
            Assert.AreEqual(3, metrics.SkippedCount);
            Assert.AreEqual(same.CentroidDistance, metrics.CentroidDistance);
            Assert.AreEqual(same.MeanPairCosine, metrics.MeanPairCosine);
        }

        Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().CreateReport(data, "Image", "Text", map));
    }

    [TestMethod]
    public void Report_ColumnsOfDifferentMaps_IsRefused()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var map = context.Transforms.CenterModalities("Image").Fit(data).Append(context.Transforms.CenterModalities("Text").Fit(data));
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().CreateReport(data, "Image", "Text", map));
        Assert.Contains("Map both with one fitted model", exception.Message);
    }

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(3, 2)]
    [DataRow(5, 1)]
    public void Report_FewRowsOrDimensions_YieldsNumbers(int rows, int dimension)
    {
        var context = new MLContext(seed: 1);
        var html = context.ModalityGap().CreateReport(TestEmbeddings.CreateDataView(context, rows, dimension), "Image", "Text").ToHtml();
        _ = new ReportHtml(html);
        Assert.DoesNotContain("NaN", html);
    }

    [TestMethod]
    public void Report_AllRowsTheSame_YieldsNumbers()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context, Enumerable.Range(0, 10).Select(_ => new TestEmbeddings.Pair { Image = [1, 2], Text = [1, 2] }), 2);
        var html = context.ModalityGap().CreateReport(data, data, "Image", "Text").ToHtml();
        _ = new ReportHtml(html);
        Assert.DoesNotContain("NaN", html);
        Assert.DoesNotContain("∞", html);
    }

    [TestMethod]
    public void Save_WritesThePage_OrNothing()
    {
        using var folder = new TemporaryFolder();
        var context = new MLContext(seed: 1);
        var report = context.ModalityGap().CreateReport(TestEmbeddings.CreateDataView(context), "Image", "Text");
        report.Save(folder.File("report.html"));
        Assert.AreEqual(report.ToHtml(), File.ReadAllText(folder.File("report.html")));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => report.Save(folder.File("no/report.html")));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void GetFigure_Unknown_NamesThoseThereAre()
    {
        var context = new MLContext(seed: 1);
        var report = context.ModalityGap().CreateReport(TestEmbeddings.CreateDataView(context), "Image", "Text");
        Assert.Contains("'space'", Assert.ThrowsExactly<ArgumentException>(() => report.GetFigure("x")).Message);
    }
}
