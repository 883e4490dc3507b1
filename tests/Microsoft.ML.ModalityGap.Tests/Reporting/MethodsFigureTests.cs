using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tests.Reporting;

[TestClass]
public class MethodsFigureTests
{
    [TestMethod]
    public void Report_WithASelection_ShowsAllCandidatesAndTheRecommendation()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var selection = context.ModalityGap().Select(data, "Image", "Text", new() { Repeats = 1 });
        var report = context.ModalityGap().CreateReport(data, "Image", "Text", selection.Estimator.Fit(data), new() { Selection = selection });

        var figure = report.GetFigure("methods");
        Assert.HasCount(selection.Entries.Count, figure.Table.Rows);
        foreach (var (entry, row) in selection.Entries.Zip(figure.Table.Rows))
        {
            Assert.StartsWith(entry.Name, row[0]);
            Assert.AreEqual(entry == selection.Recommended, row[0].EndsWith("(recommended)", StringComparison.Ordinal));
            Assert.AreEqual(entry.Gap.ToString("0.000", CultureInfo.InvariantCulture), row[1]);
        }

        // Drawn are the best, and what they are to be held against.
        var svg = figure.ToSvg();
        foreach (var name in new[] { selection.Recommended.Name, selection.Raw.Name, "center", selection.Entries[0].Name })
            Assert.Contains($">{name}</text>", svg);
        Assert.Contains(selection.Reason, string.Join(" ", report.Summary));
        _ = new ReportHtml(report.ToHtml());
    }
}
