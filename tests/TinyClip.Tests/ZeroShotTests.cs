using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace TinyClip.Tests;

/// <summary>
/// From pictures and class names to predictions and caption scores with the committed files, raw and with the gap closed. The files are trained anew now and
/// then, so that relations and bars with room are asserted, not digits.
/// </summary>
[TestClass]
public sealed class ZeroShotTests
{
    private const int Count = 200;

    private static readonly MLContext s_ml = new(seed: 1);
    private static readonly string[] s_colors = [.. Enum.GetNames<SceneColor>().Select(name => name.ToLowerInvariant())];
    private static readonly PromptTemplates s_templates = new("a {}", "one {}", "a drawing of a {}", "a small {}", "a large {}");

    private static EmbeddingMapTransformer s_center = null!;
    private static IDataView s_objects = null!;
    private static IDataView s_others = null!;
    private static IDataView s_pairs = null!;

    [ClassInitialize]
    public static void Encode(TestContext context)
    {
        var folder = TinyClipModel.FindFolder();
        using var encoders = s_ml.Transforms.EmbedClipImages("Image", "Png", folder).Append(s_ml.Transforms.EmbedClipText("Text", "Caption", folder)).Fit(Load(SceneSplit.Validation, _ => true));
        IDataView Embed(SceneSplit split, Func<Scene, bool> where) => Keep(encoders.Transform(Load(split, where)));
        s_center = s_ml.Transforms.CenterModalities("Image", "Text").Fit(Embed(SceneSplit.Validation, _ => true));
        s_objects = Embed(SceneSplit.Test, scene => scene.ObjectCount == 1);
        s_others = Embed(SceneSplit.Validation, scene => scene.ObjectCount == 1);
        s_pairs = Embed(SceneSplit.Test, _ => true);
    }

    [TestMethod]
    public void Colours_RawAndClosed_AreToldFarAboveGuessing()
    {
        var raw = s_ml.MulticlassClassification.Evaluate(Fit(s_colors, Raw).Transform(s_objects), labelColumnName: "Color");
        var closed = s_ml.MulticlassClassification.Evaluate(Fit(s_colors, Closed).Transform(s_objects), labelColumnName: "Color");
        Assert.IsGreaterThan(0.6, raw.MicroAccuracy);
        Assert.IsGreaterThan(0.6, closed.MicroAccuracy);
        Assert.AreEqual(raw.MicroAccuracy, closed.MicroAccuracy, 0.15, "Closing the gap moves zero-shot accuracy a little, either way.");
        Assert.AreEqual(8, closed.ConfusionMatrix.NumberOfClasses);
        Assert.AreEqual(Count, closed.ConfusionMatrix.Counts.Sum(row => row.Sum()));
    }

    [TestMethod]
    public void Temperature_FittedOnOtherScenes_MakesProbabilitiesMoreBelievable()
    {
        var options = Closed with { LogitScale = 400 };
        var classifier = Fit(s_colors, options);
        var scale = s_ml.ModalityGap().CalibrateTemperature(classifier.Transform(s_others), "Color", options: new CalibrationOptions { LogitScale = 400 }).LogitScale;
        double Loss(float s) => s_ml.ModalityGap().EvaluateCalibration(classifier.Transform(s_objects), "Color", options: new CalibrationOptions { LogitScale = s }).NegativeLogLikelihood;
        Assert.IsLessThanOrEqualTo(Loss(400), Loss(scale));
    }

    [TestMethod]
    public void SavedPipeline_FromPicturesToLabels_ServesThroughAPredictionEngine()
    {
        var folder = TinyClipModel.FindFolder();
        var data = Load(SceneSplit.Test, scene => scene.ObjectCount == 1);
        using var model = s_ml.Transforms.EmbedClipImages("Image", "Png", folder)
            .Append(s_ml.Transforms.ClassifyZeroShot("Image", s_colors, s_ml.Transforms.EmbedClipText("Text", "Prompt", folder), Closed)).Fit(data);
        using var stream = new MemoryStream();
        s_ml.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        var engine = new MLContext().Model.CreatePredictionEngine<Row, Prediction>(loaded);
        var expected = s_ml.Data.CreateEnumerable<Prediction>(Fit(s_colors, Closed).Transform(s_objects), reuseRowObject: false).Take(20).ToArray();
        var rows = SceneDataset.Create(SceneSplit.Test, Count, seed: 5, scene => scene.ObjectCount == 1).Take(20).Select(Row.Create).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var prediction = engine.Predict(rows[i]);
            Assert.AreEqual(expected[i].TopLabels[0], prediction.TopLabels[0]);
            Assert.AreEqual(expected[i].Probability, prediction.Probability, 1e-3f);
        }

        (loaded as IDisposable)?.Dispose();
    }

    [TestMethod]
    public void PromptFreeControl_ClipSPrefersStrangersOfItsModality_I0TSDoesNot()
    {
        var raw = s_ml.ModalityGap().EvaluatePromptFreeControl(s_pairs, "Image", "Text");
        var maps = new ScoreCaptionsOptions { ImageMap = s_center.GetModality("Image").Map, TextMap = s_center.GetModality("Text").Map };
        var closed = s_ml.ModalityGap().EvaluatePromptFreeControl(s_pairs, "Image", "Text", maps);
        Assert.IsGreaterThan(0.3, raw.TextPreferredToOwnImage + raw.ImagePreferredToOwnText);
        Assert.IsLessThan(0.05, closed.TextPreferredToOwnImage);
        Assert.IsLessThan(0.05, closed.ImagePreferredToOwnText);
        Assert.IsGreaterThan(raw.MatchedImageText / 2.5, closed.MatchedImageText); // the cosines: CLIP-S is 2.5 times that
    }

    [TestMethod]
    public void Explanation_OfPairs_PutsWhatMapsTakeAwayIntoTheMeans()
    {
        var explanation = s_ml.ModalityGap().ExplainScores(s_pairs, "Image", "Text", s_center.GetModality("Image").Statistics, s_center.GetModality("Text").Statistics);
        Assert.IsGreaterThan(0.05, Math.Abs(explanation.MeansPart));
        Assert.IsGreaterThan(explanation.Cosine, explanation.ClosedCosine);
        var maps = new ScoreCaptionsOptions { Kind = CaptionScoreKind.Cosine, ImageMap = s_center.GetModality("Image").Map, TextMap = s_center.GetModality("Text").Map };
        Assert.AreEqual(s_ml.ModalityGap().EvaluateCaptions(s_pairs, "Image", "Text", maps).Mean, explanation.ClosedCosine, 1e-4);
    }

    private static ClassifyZeroShotOptions Raw => new() { Templates = s_templates, LabelColumnName = "Color" };

    private static ClassifyZeroShotOptions Closed => Raw with { ImageMap = s_center.GetModality("Image").Map, TextMap = s_center.GetModality("Text").Map };

    private static ClassifyZeroShotTransformer Fit(string[] classes, ClassifyZeroShotOptions options) =>
        s_ml.Transforms.ClassifyZeroShot("Image", classes, s_ml.Transforms.EmbedClipText("Text", "Prompt", TinyClipModel.FindFolder()), options).Fit(s_objects);

    private static IDataView Load(SceneSplit split, Func<Scene, bool> where) => s_ml.Data.LoadFromEnumerable(SceneDataset.Create(split, Count, seed: 5, where).Select(Row.Create).ToList());

    /// <summary>Into memory, so that the encoders can be closed.</summary>
    private static IDataView Keep(IDataView data)
    {
        var rows = s_ml.Data.CreateEnumerable<Embedded>(data, reuseRowObject: false).ToList();
        var definition = SchemaDefinition.Create(typeof(Embedded));
        definition["Image"].ColumnType = definition["Text"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Image.Length);
        return s_ml.Data.LoadFromEnumerable(rows, definition);
    }

    private sealed class Row
    {
        public byte[] Png { get; set; } = [];

        public string Caption { get; set; } = "";

        public string Color { get; set; } = "";

        public static Row Create(Scene scene) => new() { Png = scene.RenderPng(96), Caption = scene.Captions[0], Color = scene.First.Color.ToString().ToLowerInvariant() };
    }

    private sealed class Embedded
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];

        public string Color { get; set; } = "";
    }

    private sealed class Prediction
    {
        public float Probability { get; set; }

        public string[] TopLabels { get; set; } = [];
    }
}
