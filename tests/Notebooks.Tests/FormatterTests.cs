using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using NotebookRunner;

namespace Notebooks.Tests;

/// <summary>That the convention of notebooks' kernels finds how to show the library's types, though neither references the other.</summary>
[TestClass]
public class FormatterTests
{
    private static readonly MLContext _ml = new(seed: 1);

    private static readonly IDataView _data = CreateData();

    private static readonly EmbeddingMapTransformer _map = _ml.Transforms.CenterModalities("Image", "Text").Fit(_data);

    private static readonly ModalityGapReport _report = _ml.ModalityGap().CreateReport(_data, "Image", "Text", _map);

    public static IEnumerable<object[]> Tables =>
    [
        [_report.Before, "centroid distance"],
        [_report.Before.FirstToSecond, "recall@10"],
        [_map, _map.Modalities[1].Map.Fingerprint],
        [_map.Modalities[0], "L2Normalize"],
        [_map.Modalities[0].Map, "Translate(4)"],
        [_map.Modalities[0].Statistics!, "total variance"],
        [_report, "All rows of both"],
        [_report.Figures[0].Table, "spread"],
        [_ml.ModalityGap().EvaluateRetrieval(_data, "Image", _data, "Text", Relevance.ByRow), "mean reciprocal rank"],
        [_ml.ModalityGap().EvaluateMixedRetrieval(_data, "Text", [new MixedGalleryPart("image", _data, "Image")], Relevance.ByRow), "rank bias"],
        [_ml.ModalityGap().EvaluatePromptFreeControl(_data, "Image", "Text"), "image with another image"],
        [_ml.ModalityGap().ExplainScores(_data, "Image", "Text"), "any image with any text"],
    ];

    [TestMethod]
    [DynamicData(nameof(Tables))]
    public void Value_ShownByConvention_IsATable(object value, string content)
    {
        CollectionAssert.AreEqual(new[] { "text/html" }, ValueFormatter.FindPreferredFormats(value.GetType()).ToArray());
        var html = ValueFormatter.Format(value, "text/html")!;
        Assert.Contains("<table>", html);
        Assert.Contains(content == "All rows of both" ? System.Net.WebUtility.HtmlEncode(_report.Summary[0]) : content, html);
        Assert.AreEqual(value.ToString(), ValueFormatter.Format(value, "text/plain"));
        CollectionAssert.AreEqual(new[] { ("text/html", html) }, ValueFormatter.Format(value).ToArray());
    }

    [TestMethod]
    public void Figure_ShownByConvention_IsAPicture()
    {
        var figure = _report.Figures[0];
        CollectionAssert.AreEqual(new[] { ("image/svg+xml", figure.ToSvg()) }, ValueFormatter.Format(figure).ToArray());
        Assert.Contains(figure.ToSvg(), ValueFormatter.Format(figure, "text/html")!);
    }

    [TestMethod]
    public void Value_OfATypeThatSaysNothing_IsItsText()
    {
        CollectionAssert.AreEqual(new[] { ("text/plain", "12.5") }, ValueFormatter.Format(12.5).ToArray());
        CollectionAssert.AreEqual(new[] { ("text/plain", "words") }, ValueFormatter.Format("words").ToArray());
        CollectionAssert.AreEqual(new[] { ("text/html", "<b>bold</b>") }, ValueFormatter.Format(new HtmlContent("<b>bold</b>")).ToArray());
        Assert.IsNull(ValueFormatter.Format(12.5, "text/html"));
    }

    private static IDataView CreateData()
    {
        var random = new Random(1);
        var definition = SchemaDefinition.Create(typeof(Pair));
        definition["Image"].ColumnType = definition["Text"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        float[] Draw(int peak) => [.. Enumerable.Range(0, 4).Select(d => (float)random.NextDouble() + (d == peak ? 1 : 0))];
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(_ => new Pair { Image = Draw(0), Text = Draw(1) }).ToList(), definition);
    }

    private sealed class Pair
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];
    }
}
