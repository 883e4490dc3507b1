using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using TinyClip;

namespace ZeroShot;

/// <summary>Zero-shot classification, raw and with the gap closed. docs/zeroshot.md shows parts of it.</summary>
internal static class Classification
{
    private static readonly string[] _classes =
    [
        .. from size in Enum.GetValues<SceneSize>()
           from texture in Enum.GetValues<SceneTexture>()
           from color in Enum.GetValues<SceneColor>()
           from shape in Enum.GetValues<SceneShape>()
           select SceneRow.Name(new SceneGroup(1, size, texture, color, shape)),
    ];

    private static readonly PromptTemplates _sceneTemplates = new("a {}", "one {}", "a drawing of a {}", "a picture of a {}", "a photo of a {}");

    public static void Run(MLContext ml, Scenes scenes, string folder, EmbeddingMapTransformer center)
    {
        var images = ml.Transforms.EmbedClipImages("Image", "Png", folder).Fit(scenes.Objects);
        var calibration = ml.Data.Cache(images.Transform(scenes.Objects));
        var test = ml.Data.Cache(images.Transform(scenes.TestObjects));
        var raw = new ClassifyZeroShotOptions();
        var closed = new ClassifyZeroShotOptions { ImageMap = center.GetModality("Image").Map, TextMap = center.GetModality("Text").Map };

        var table = new FigureTable($"{_classes.Length} classes of size, texture, colour and shape, 500 single objects", "", "raw", "closed");
        PromptEncoder encoder = ml.ModalityGap().CreatePromptEncoder(ml.Transforms.EmbedClipText("Text", "Prompt", folder));
        foreach (var (name, templates) in new[]
        {
            ("name only", PromptTemplates.NameOnly), ("compact, 8", PromptTemplates.Compact), ("photographs, 80", PromptTemplates.Photographs), ("of its own, 5", _sceneTemplates),
        })
        {
            ZeroShotClasses classes = ZeroShotClasses.FromPrompts(_classes, templates, encoder);
            var classifiers = new[] { raw, closed }.Select(options => ml.Transforms.ClassifyZeroShot("Image", classes, options).Fit(calibration)).ToArray();
            table.Add($"accuracy, templates: {name}", [.. classifiers.Select(classifier => ml.MulticlassClassification.Evaluate(classifier.Transform(test)).MicroAccuracy)]);
            if (templates != _sceneTemplates)
                continue;
            foreach (var weight in new[] { 0.3f, 3 })
            {
                var cached = new[] { raw, closed }.Select(options => ml.Transforms.ClassifyZeroShot("Image", classes, options with { Cache = new ZeroShotCacheOptions { Weight = weight } }).Fit(calibration));
                table.Add($"the same with a cache of confident rows, weight {weight}", [.. cached.Select(classifier => ml.MulticlassClassification.Evaluate(classifier.Transform(test)).MicroAccuracy)]);
            }

            var figures = classifiers.Select(classifier => Measure(ml, classifier, calibration, test)).ToArray();
            table.Add("in the first 5, templates of its own", [.. figures.Select(figure => figure.TopFive)]);
            table.Add("logit scale, fitted on other scenes", [.. figures.Select(figure => (double)figure.Scale)]);
            table.Add("expected calibration error at scale 100", [.. figures.Select(figure => figure.Before)]);
            table.Add("expected calibration error at the fitted scale", [.. figures.Select(figure => figure.After)]);
        }

        table.Write();
        MultiLabel(ml, scenes, images, folder, closed);
        Serve(ml, scenes, folder, closed);
        images.Dispose();
    }

    private static (double TopFive, float Scale, double Before, double After) Measure(MLContext ml, ClassifyZeroShotTransformer classifier, IDataView data, IDataView test)
    {
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(classifier.Transform(test), topKPredictionCount: 5);

        TemperatureCalibration fitted = ml.ModalityGap().CalibrateTemperature(classifier.Transform(data));
        ClassifyZeroShotTransformer calibrated = classifier.WithLogitScale(fitted.LogitScale);
        CalibrationMetrics before = ml.ModalityGap().EvaluateCalibration(classifier.Transform(test));
        CalibrationMetrics after = ml.ModalityGap().EvaluateCalibration(calibrated.Transform(test), options: new CalibrationOptions { LogitScale = fitted.LogitScale });
        return (metrics.TopKAccuracy, fitted.LogitScale, before.ExpectedCalibrationError, after.ExpectedCalibrationError);
    }

    private static void MultiLabel(MLContext ml, Scenes scenes, ITransformer images, string folder, ClassifyZeroShotOptions closed)
    {
        string[] colors = [.. Enum.GetNames<SceneColor>().Select(name => name.ToLowerInvariant())];
        var templates = new PromptTemplates(Enum.GetNames<SceneShape>().Select(shape => $"a {{}} {shape.ToLowerInvariant()}"));
        var (fit, test) = (ml.Data.Cache(images.Transform(scenes.Pairs)), ml.Data.Cache(images.Transform(scenes.TestPairs)));
        var table = new FigureTable("8 colours, any number of them in a scene, 500 scenes", "", "raw", "closed");
        var metrics = new[] { ClassifyZeroShotOptions.Default, closed }.Select(maps =>
        {
            var text = ml.Transforms.EmbedClipText("Text", "Prompt", folder);
            var options = maps with { Mode = ZeroShotMode.MultiLabel, Thresholds = [0.2f], LabelColumnName = "Colors", Templates = templates };
            ClassifyZeroShotTransformer classifier = ml.Transforms.ClassifyZeroShot("Image", colors, text, options).Fit(fit);
            classifier = classifier.WithThresholds(ml.ModalityGap().ChooseThresholds(classifier.Transform(fit), "Colors", perClass: true));
            return ml.ModalityGap().EvaluateMultiLabel(classifier.Transform(test), "Colors");
        }).ToArray();
        table.Add("mean average precision", [.. metrics.Select(entry => entry.MeanAveragePrecision)]);
        table.Add("F1, thresholds chosen on other scenes", [.. metrics.Select(entry => entry.MicroF1)]);

        // One label now, at a scale that leaves room for doubt: is the classifier unsure where a scene has two colours?
        var disagreements = new[] { ClassifyZeroShotOptions.Default, closed }.Select(maps =>
        {
            var text = ml.Transforms.EmbedClipText("Text", "Prompt", folder);
            var options = maps with { Templates = templates, LogitScale = 20, LabelColumnName = null };
            var classifier = ml.Transforms.ClassifyZeroShot("Image", colors, text, options).Fit(test);
            HumanDisagreementMetrics disagreement = ml.ModalityGap().EvaluateHumanDisagreement(classifier.Transform(test), "Score", "Votes");
            return disagreement;
        }).ToArray();
        table.Add("against the colours of the objects as votes: JSD", [.. disagreements.Select(entry => entry.JensenShannonDivergence)]);
        table.Add("the same: correlation of entropies", [.. disagreements.Select(entry => entry.EntropyCorrelation ?? 0)]);
        table.Write();
    }

    private static void Serve(MLContext ml, Scenes scenes, string folder, ClassifyZeroShotOptions closed)
    {
        var text = ml.Transforms.EmbedClipText("Text", "Prompt", folder);
        var pipeline = ml.Transforms.EmbedClipImages("Image", "Png", folder)
            .Append(ml.Transforms.ClassifyZeroShot("Image", _classes, text, closed with { Templates = _sceneTemplates }));
        using var model = pipeline.Fit(scenes.Objects);
        ml.Model.Save(model, scenes.Objects.Schema, "zeroshot-model.zip");

        using var loaded = (IDisposable)ml.Model.Load("zeroshot-model.zip", out _);
        var engine = ml.Model.CreatePredictionEngine<SceneRow, ScenePrediction>((ITransformer)loaded);
        var scene = SceneDataset.Create(SceneSplit.Test, 1, seed: 9, scene => scene.ObjectCount == 1)[0];
        var prediction = engine.Predict(SceneRow.Create(scene));
        Console.WriteLine($"{scene.Captions[0]}: {string.Join(", ", prediction.TopLabels.Take(3))}");
        File.Delete("zeroshot-model.zip");
    }
}
