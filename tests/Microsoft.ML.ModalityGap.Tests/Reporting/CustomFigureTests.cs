using System.Xml.Linq;

namespace Microsoft.ML.ModalityGap.Tests.Reporting;

[TestClass]
public class CustomFigureTests
{
    [TestMethod]
    public void CreateBars_LengthsAreInProportionToTheValues()
    {
        var figure = ReportFigure.CreateBars("Title", "How to read it.", ["a", "b"], [("one", [0.25, 1.0]), ("two", [0.5, null])], maximum: 1);
        var widths = Bars(figure);

        // Of each pair the first is outlined, its stroke inside the bar's box.
        Assert.HasCount(3, widths);
        Assert.AreEqual(4, widths[1] / (widths[0] + 1.5), 0.02);
        Assert.AreEqual(2, widths[1] / (widths[2] + 1.5), 0.02);
        Assert.AreEqual("0.5000", figure.Table.Rows[1][1]);
        Assert.AreEqual("–", figure.Table.Rows[1][2]);
    }

    [TestMethod]
    public void CreateBars_WithoutAMaximum_TheLargestIsTheLongest()
    {
        var widths = Bars(ReportFigure.CreateBars("Title", "", ["a"], [("one", [300.0]), ("two", [600.0])]));
        Assert.AreEqual(2, widths[1] / widths[0], 1e-3);
        Assert.AreEqual(widths[1], Bars(ReportFigure.CreateBars("Title", "", ["a"], [("one", [1.0]), ("two", [1.0])]))[0], 1e-3);
    }

    [TestMethod]
    public void CreateLines_PointsAreInTheirPlaces()
    {
        var figure = ReportFigure.CreateLines("Title", "How to read it.", "x", "y", ("line", [(0, 0), (5, 10), (10, 0)]), ("flat", [(0, 5), (10, 5)]));
        var paths = Elements(figure, "path").Select(path => (string)path.Attribute("d")!).Where(data => data.StartsWith('M') && data.Contains('L', StringComparison.Ordinal)).ToArray();
        Assert.HasCount(2, paths);
        var line = paths[0].Split('M', 'L', ' ').Skip(1).Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var flat = paths[1].Split('M', 'L', ' ').Skip(1).Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.AreEqual((line[0] + line[4]) / 2, line[2], 0.02);
        Assert.AreEqual((line[1] + line[3]) / 2, flat[1], 0.02);
        Assert.IsLessThan(line[1], line[3], "y grows downwards on the screen");
        Assert.HasCount(5, figure.Table.Rows);
    }

    [TestMethod]
    public void CreateFigures_OfBadInput_SayWhatIsWrong()
    {
        static string Message<T>(Action action)
            where T : Exception => Assert.ThrowsExactly<T>(action).Message;
        Assert.Contains("0 were given", Message<ArgumentException>(() => ReportFigure.CreateBars("t", "", [], [("one", [])])));
        Assert.Contains("5 were given", Message<ArgumentException>(() => ReportFigure.CreateBars("t", "", ["1", "2", "3", "4", "5"], [("one", [1, 2, 3, 4, 5])])));
        Assert.Contains("'one' has 1 values", Message<ArgumentException>(() => ReportFigure.CreateBars("t", "", ["a", "b"], [("one", [1])])));
        Assert.Contains("finite", Message<ArgumentOutOfRangeException>(() => ReportFigure.CreateBars("t", "", ["a"], [("one", [double.NaN])])));
        Assert.Contains("not negative", Message<ArgumentOutOfRangeException>(() => ReportFigure.CreateBars("t", "", ["a"], [("one", [-1])])));
        Assert.Contains("at least one group", Message<ArgumentException>(() => ReportFigure.CreateBars("t", "", ["a"], [])));
        Assert.Contains("positive", Message<ArgumentOutOfRangeException>(() => ReportFigure.CreateBars("t", "", ["a"], [("one", [1])], maximum: 0)));
        Assert.Contains("no point", Message<ArgumentException>(() => ReportFigure.CreateLines("t", "", "x", "y", ("line", []))));
        Assert.Contains("finite", Message<ArgumentOutOfRangeException>(() => ReportFigure.CreateLines("t", "", "x", "y", ("line", [(0, double.PositiveInfinity)]))));
    }

    private static double[] Bars(ReportFigure figure) => [.. Elements(figure, "g").Last().Elements().Where(element => element.Name.LocalName == "rect").Select(bar => (double)bar.Attribute("width")!)];

    private static IEnumerable<XElement> Elements(ReportFigure figure, string name) => XDocument.Parse(figure.ToSvg()).Descendants().Where(element => element.Name.LocalName == name);
}
