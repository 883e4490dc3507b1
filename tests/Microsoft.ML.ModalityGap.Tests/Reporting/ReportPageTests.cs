using System.Text;
using System.Xml.Linq;

namespace Microsoft.ML.ModalityGap.Tests.Reporting;

/// <summary>What every reader's browser, screen reader and printer relies on.</summary>
[TestClass]
public class ReportPageTests
{
    private static readonly string[] _loading = ["src", "srcset", "data", "action", "background"];

    private static readonly ReportHtml _page = new(CreateReport("Image", "Text").ToHtml());

    [TestMethod]
    public void Page_LoadsNothingAndRunsNothing()
    {
        foreach (var element in _page.Root.DescendantsAndSelf())
        {
            Assert.IsFalse(element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "use", element.Name.LocalName);
            foreach (var attribute in element.Attributes())
            {
                Assert.DoesNotContain(attribute.Name.LocalName, _loading);
                Assert.IsFalse(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal), attribute.ToString());
                if (attribute.Name.LocalName == "href")
                    Assert.StartsWith("#", attribute.Value);
            }
        }

        Assert.DoesNotContain("url(", _page.Text);
        Assert.DoesNotContain("@import", _page.Text);
        Assert.Contains("default-src 'none'", _page.Text);
    }

    [TestMethod]
    public void Page_EveryLinkAndLabel_PointsToOneElement()
    {
        var ids = _page.Root.Descendants().Select(element => (string?)element.Attribute("id")).OfType<string>().ToArray();
        CollectionAssert.AllItemsAreUnique(ids);
        foreach (var element in _page.Root.Descendants())
        {
            var targets = new[] { ((string?)element.Attribute("href"))?[1..], (string?)element.Attribute("aria-labelledby") };
            foreach (var target in targets.OfType<string>().SelectMany(value => value.Split(' ')))
                CollectionAssert.Contains(ids, target);
        }
    }

    [TestMethod]
    public void Page_EveryDrawing_HasANameAndADescription()
    {
        var drawings = _page.All("svg").Where(svg => (string?)svg.Attribute("aria-hidden") != "true").ToArray();
        Assert.IsGreaterThanOrEqualTo(6, drawings.Length);
        foreach (var drawing in drawings)
        {
            Assert.AreEqual("img", (string?)drawing.Attribute("role"));
            var labels = ((string)drawing.Attribute("aria-labelledby")!).Split(' ').Select(_page.WithId).ToArray();
            Assert.HasCount(2, labels);
            Assert.AreEqual("title", labels[0].Name.LocalName);
            Assert.AreEqual("desc", labels[1].Name.LocalName);
            Assert.IsTrue(labels.All(label => label.Value.Trim().Length > 3));
        }
    }

    [TestMethod]
    public void Page_HeadingsGoDownByOne_AndEverySectionHasOne()
    {
        var levels = _page.Root.Descendants().Select(element => element.Name.LocalName).Where(name => name is "h1" or "h2" or "h3" or "h4").Select(name => name[1] - '0').ToArray();
        Assert.AreEqual(1, levels[0]);
        Assert.AreEqual(1, levels.Count(level => level == 1));
        for (var i = 1; i < levels.Length; i++)
            Assert.IsLessThanOrEqualTo(levels[i - 1] + 1, levels[i]);
        foreach (var section in _page.All("section"))
            Assert.AreEqual("h2", section.Elements().First().Name.LocalName);
        Assert.AreEqual("en", (string?)_page.Root.Attribute("lang"));
        Assert.HasCount(1, _page.All("main"));
    }

    [TestMethod]
    public void Page_EveryFigure_HasItsNumbersInATableWithHeaders()
    {
        foreach (var figure in _page.All("figure"))
        {
            var section = figure.Parent!;
            Assert.HasCount(1, section.Descendants("details"));
            Assert.HasCount(1, section.Descendants("figcaption"));
        }

        foreach (var table in _page.All("table"))
        {
            Assert.IsGreaterThan(0, table.Element("caption")!.Value.Length);
            Assert.IsTrue(table.Descendants("thead").Single().Descendants("th").All(header => (string?)header.Attribute("scope") == "col"));
            foreach (var row in table.Element("tbody")!.Elements("tr"))
            {
                Assert.AreEqual("row", (string?)row.Elements().First().Attribute("scope"));
                Assert.HasCount(table.Descendants("thead").Single().Descendants("th").Count(), row.Elements());
            }

            // What scrolls can be reached by keyboard and has a name.
            Assert.AreEqual("0", (string?)table.Parent!.Attribute("tabindex"));
            Assert.IsNotNull(table.Parent.Attribute("aria-label"));
        }
    }

    [TestMethod]
    public void Page_NamesWithMarkup_AreShownNotRun()
    {
        const string Evil = "<script>alert('1')</script>&\"\u0001";
        var context = new MLContext(seed: 1);
        var data = context.Transforms.CopyColumns(Evil, "Image").Fit(TestEmbeddings.CreateDataView(context)).Transform(TestEmbeddings.CreateDataView(context));
        var report = context.ModalityGap().CreateReport(data, Evil, "Text", options: new() { Title = "<b>", DataDescription = "<i>" });
        var page = new ReportHtml(report.ToHtml());
        Assert.IsEmpty(page.All("script"));
        Assert.IsEmpty(page.All("b"));
        Assert.IsEmpty(page.All("i"));
        foreach (var figure in report.Figures)
            Assert.IsEmpty(XDocument.Parse(figure.ToSvg()).Descendants().Where(element => element.Name.LocalName == "script"));
    }

    [TestMethod]
    public void Page_OfTenThousandPointsAllShown_IsBelowTwoMegabytes()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context, rows: 5_000, dimension: 8);
        var map = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var report = context.ModalityGap().CreateReport(data, "Image", "Text", map, new() { PointCount = 10_000, PairLineCount = 10_000 });
        var html = report.ToHtml();
        Assert.IsLessThan(2_000_000, Encoding.UTF8.GetByteCount(html));

        // All of them are there: a point is a move and a line of no length.
        var points = new ReportHtml(html).WithId("space").Descendants().Where(element => element.Name.LocalName == "path")
            .Sum(path => ((string)path.Attribute("d")!).Split("h0").Length - 1);
        Assert.IsGreaterThanOrEqualTo(2 * 10_000, points);
    }

    [TestMethod]
    public void Figures_EachIsAnSvgDocumentOfItsOwn()
    {
        foreach (var figure in CreateReport("Image", "Text").Figures)
        {
            var svg = XDocument.Parse(figure.ToSvg()).Root!;
            Assert.AreEqual("{http://www.w3.org/2000/svg}svg", svg.Name.ToString());
            Assert.AreEqual(figure.Title, svg.Elements().First(element => element.Name.LocalName == "title").Value);
            Assert.DoesNotContain("http", figure.ToSvg().Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
            Assert.DoesNotContain("NaN", figure.ToSvg());
        }
    }

    private static ModalityGapReport CreateReport(string first, string second)
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        return context.ModalityGap().CreateReport(data, first, second, context.Transforms.CenterModalities(first, second).Fit(data));
    }
}
