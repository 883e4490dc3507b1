using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Notebooks.Tests;

/// <summary>That the kernel's own formatting finds how to show the library's types, though neither references the other.</summary>
[TestClass]
[DoNotParallelize] // formatters are the process's
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
    public void Value_ShownByTheKernel_IsATable(object value, string content)
    {
        CollectionAssert.AreEqual(new[] { "text/html" }, Formatter.GetPreferredMimeTypesFor(value.GetType()).ToArray());
        var html = value.ToDisplayString("text/html");
        Assert.Contains("<table>", html);
        Assert.Contains(content == "All rows of both" ? System.Net.WebUtility.HtmlEncode(_report.Summary[0]) : content, html);
        Assert.AreEqual(value.ToString(), value.ToDisplayString("text/plain"));
    }

    [TestMethod]
    public void Figure_ShownByTheKernel_IsAPicture()
    {
        var figure = _report.Figures[0];
        CollectionAssert.AreEqual(new[] { "image/svg+xml" }, Formatter.GetPreferredMimeTypesFor(figure.GetType()).ToArray());
        Assert.AreEqual(figure.ToSvg(), figure.ToDisplayString("image/svg+xml"));
        Assert.Contains(figure.ToSvg(), figure.ToDisplayString("text/html"));
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
