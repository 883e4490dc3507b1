namespace Microsoft.ML.ModalityGap.Tests.Reporting;

/// <summary>A report on a model with a correction shows retrieval by corrected scores, and galleries that are given.</summary>
[TestClass]
public class CorrectedReportTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Report_ModelWithACorrection_ShowsWhatEvaluateRetrievalMeasures()
    {
        var (model, held) = Fit(ModalityColumns.PerColumn("Image", "Text"));
        var report = _context.ModalityGap().CreateReport(held, "Image", "Text", model);

        var mapped = model.Transform(held);
        var expected = _context.ModalityGap().EvaluateRetrievalBothWays(mapped, "Image", mapped, "Text", Relevance.ByRow, new() { Correction = model.Correction });
        Assert.AreEqual(expected.FirstToSecond.RecallAt(1), report.Corrected!.FirstToSecond.RecallAt(1));
        Assert.AreEqual(expected.SecondToFirst.RecallAt(5), report.Corrected.SecondToFirst.RecallAt(5));
        Assert.AreNotEqual(report.After!.FirstToSecond.RecallAt(1), report.Corrected.FirstToSecond.RecallAt(1), "noise makes the two differ");
        var recall = report.GetFigure("recall").Table;
        CollectionAssert.AreEqual(new[] { "direction", "k", "before", "after", "after, corrected" }, recall.Headers.ToArray());
        Assert.AreEqual(Format(expected.FirstToSecond.RecallAt(1)), recall.Rows[0][4]);

        // In the gallery of both kinds each half of the pairs asks, and finds among as many rows of its own kind.
        var mixed = report.GetFigure("mixed").Table;
        Assert.HasCount(5, mixed.Headers);
        Assert.Contains("By the model's corrected scores", report.ToString());
        _ = new ReportHtml(report.ToHtml());
    }

    [TestMethod]
    public void Report_MapsAlone_SaysNothingOfCorrectedScores()
    {
        var data = PairedEmbeddings.Create().ToDataView(_context);
        var report = _context.ModalityGap().CreateReport(data, "Image", "Text", _context.Transforms.CenterModalities("Image", "Text").Fit(data));
        Assert.IsNull(report.Corrected);
        Assert.DoesNotContain("after, corrected", report.ToHtml());
    }

    [TestMethod]
    public void Report_CorrectionOnRenamedColumns_IsFound()
    {
        var (model, held) = Fit(ModalityColumns.PerColumn(new InputOutputColumnPair("NewImage", "Image"), new InputOutputColumnPair("NewText", "Text")));
        var report = _context.ModalityGap().CreateReport(held, "Image", "Text", model);
        var (plain, _) = Fit(ModalityColumns.PerColumn("Image", "Text"));
        Assert.AreEqual(_context.ModalityGap().CreateReport(held, "Image", "Text", plain).Corrected!.ToString(), report.Corrected!.ToString());
    }

    [TestMethod]
    public void Report_TwoSided_ShowsTheGalleriesGiven()
    {
        var (images, texts, items) = ItemEmbeddings.Create(_context, items: 40, textsPerItem: 3);
        var raw = _context.ModalityGap().EvaluateTwoSidedRetrieval(images, "Image", texts, "Text", items);
        var map = _context.Transforms.CenterModalities("Image", "Text").Fit(_context.ModalityGap().JoinPairs(images, "Image", texts, "Text", items));
        var mapped = _context.ModalityGap().EvaluateTwoSidedRetrieval(map.ForColumns(ModalityColumns.PerColumn("Image"), "Image").Transform(images), "Image", map.ForColumns(ModalityColumns.PerColumn("Text"), "Text").Transform(texts), "Text", items);
        var data = PairedEmbeddings.Create().ToDataView(_context);
        var report = _context.ModalityGap().CreateReport(data, "Image", "Text", options: new() { TwoSided = [new("before", raw), new("after", mapped)] });

        var table = report.GetFigure("two-sided").Table;
        Assert.AreEqual(Format(raw.Ndcg), table.Rows[0][1]);
        Assert.AreEqual(Format(mapped.Retrieval.RecallAt(1)), table.Rows[1][2]);
        Assert.AreEqual(Format(mapped["Image"].TopShare), table.Rows[1][3]);
        Assert.Contains("may be looking for either kind, before: NDCG@10", report.ToString());
        _ = new ReportHtml(report.ToHtml());
        Assert.ThrowsExactly<ArgumentException>(() => new ModalityGapReportOptions { TwoSided = [new("same", raw), new("same", mapped)] });
    }

    private (EmbeddingMapTransformer Model, IDataView Held) Fit(ModalityColumns columns) => (
        _context.Transforms.CorrectSimilarities(columns, new SimilarityCorrectionOptions { Hubness = HubnessCorrection.InvertedSoftmax(8) }).Fit(PairedEmbeddings.Create(rows: 110, seed: 3, noise: 1).ToDataView(_context)),
        PairedEmbeddings.Create(rows: 90, seed: 3, noise: 2).ToDataView(_context));

    private static string Format(double value) => value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);
}
