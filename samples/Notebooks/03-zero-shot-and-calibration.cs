// 03-zero-shot-and-calibration.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/03-zero-shot-and-calibration.cs
//
// Text goes to the console, pictures and pages to the folder 03-zero-shot-and-calibration beside this file. In a clone, the packages of this repository are the
// projects they are made from. Written by the notebook's runner; change the notebook, and then
//
//   dotnet run -c Release --project samples/Notebooks/Runner -- apps
#:package Microsoft.ML.ModalityGap@0.1.0
#:package Microsoft.ML.ModalityGap.Clip@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package SkiaSharp.NativeAssets.Linux.NoDependencies@3.119.4
#:project ../TinyClip.Scenes/TinyClip.Scenes.csproj
#:property Nullable=disable

using System.IO;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using TinyClip;
using System.Runtime.CompilerServices;
using static Notebook;

// # 3. Zero-shot classification and calibration
//
// A dual encoder classifies pictures it was never trained to classify: encode the classes' names as text, and take the class whose text is
// nearest to the picture. `ClassifyZeroShot` does that as an ML.NET transform, with the columns that ML.NET's own evaluators expect.
//
// Two questions here: does closing the [gap](01-what-the-gap-is.ipynb) help or hurt, and **can the probabilities be believed**?

// ## Pictures of one thing, 64 classes
//
// Eight colours times eight shapes. The pictures are of scenes TinyClip was not trained on, and thumbnails of 16 pixels: at full size it is
// right about every one of them.

List<Picture> DrawSingles(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed, scene => scene.ObjectCount == 1)
        .Select(scene => new Picture { Png = scene.RenderPng(16), Label = $"{scene.First.Color} {scene.First.Shape}".ToLowerInvariant() }).ToList();

var classes = (from color in Enum.GetValues<SceneColor>() from shape in Enum.GetValues<SceneShape>() select $"{color} {shape}".ToLowerInvariant()).ToArray();
var validation = DrawSingles(SceneSplit.Validation, 300, seed: 3);
var test = DrawSingles(SceneSplit.Test, 300, seed: 4);

display(HTML(string.Concat(test.Take(6).Select(picture =>
    $"<figure style='display:inline-block;margin:.5em'><img alt='{picture.Label}' style='width:6em;image-rendering:pixelated' src='data:image/png;base64,{Convert.ToBase64String(picture.Png)}'><figcaption>{picture.Label}</figcaption></figure>"))));

// ## Classify
//
// Each class is encoded in several sentences, whose mean stands for it. The pictures are encoded once; classifiers that follow differ only in
// the classes' vectors.

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var images = ml.Transforms.EmbedClipImages("Image", "Png", folder).Fit(ml.Data.LoadFromEnumerable(validation));
var validationRows = ml.Data.Cache(images.Transform(ml.Data.LoadFromEnumerable(validation)));
var testRows = ml.Data.Cache(images.Transform(ml.Data.LoadFromEnumerable(test)));

var prompts = ml.Transforms.EmbedClipText("Text", "Prompt", folder);
var sentences = new PromptTemplates("a {}", "a drawing of a {}", "one small {}", "one large {} in the middle", "a {} on a white background", "a {} on a navy background");

ClassifyZeroShotTransformer Classify(ClassifyZeroShotOptions options) =>
    ml.Transforms.ClassifyZeroShot("Image", classes, prompts, options).Fit(validationRows);

var one = Classify(new() { Templates = new PromptTemplates("a {}") });
var several = Classify(new() { Templates = sentences });

double Accuracy(ClassifyZeroShotTransformer classifier) => ml.ModalityGap().EvaluateCalibration(classifier.Transform(testRows)).Accuracy;
var (accuracyOfOne, accuracyOfSeveral) = (Accuracy(one), Accuracy(several));
display($"right with one sentence: {accuracyOfOne:P1}, with {sentences.Count}: {accuracyOfSeveral:P1}; guessing: {1.0 / classes.Length:P1}");

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }

Check(classes.Length == 64);
Check(accuracyOfSeveral > 0.4);

// ## With the gap closed
//
// A classifier takes a map for its pictures and one for its classes. But fitted on what? **A mean must come from data like the data it is
// taken from.** Captions are not like "a red star": they tell of places, sizes and backgrounds. So we compare two fits:
//
// - on 300 pairs of scenes and captions, as in [02](02-close-it-in-a-pipeline.ipynb);
// - on what is compared here: the validation pictures (without their labels) and the classes' sentences. They are no pairs and not equally
// many; an estimator takes a data set per modality just as well.

List<Pair> Draw(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed).Select(scene => new Pair { Png = scene.RenderPng(16), Caption = scene.Captions[0] }).ToList();

string ShowPicture(Pair pair) =>
    $"<figure style='display:inline-block;width:10em;margin:.5em;vertical-align:top'><img alt='{pair.Caption}' src='data:image/png;base64,{Convert.ToBase64String(pair.Png)}'><figcaption>{pair.Caption}</figcaption></figure>";

var fitPairs = Draw(SceneSplit.Validation, 300, seed: 11);
var pairRows = ml.Data.LoadFromEnumerable(fitPairs);
var encoded = images.Transform(pairRows);
var pairs = ml.Data.Cache(ml.Transforms.EmbedClipText("Text", "Caption", folder).Fit(encoded).Transform(encoded));
var onCaptions = ml.Transforms.CenterModalities("Image", "Text").Fit(pairs);
var promptRows = ml.Data.LoadFromEnumerable(classes.SelectMany(sentences.Fill).Select(sentence => new Prompt { Caption = sentence }).ToList());
var onWhatIsCompared = ml.Transforms.CenterModalities("Image", "Text").Fit(new Dictionary<string, IDataView>
{
    ["Image"] = validationRows,
    ["Text"] = ml.Transforms.EmbedClipText("Text", "Caption", folder).Fit(promptRows).Transform(promptRows),
});

ClassifyZeroShotTransformer Close(EmbeddingMapTransformer maps) => Classify(new() { Templates = sentences, ImageMap = maps.Modalities[0].Map, TextMap = maps.Modalities[1].Map });
var closed = Close(onWhatIsCompared);
var (accuracyOnCaptions, accuracyClosed) = (Accuracy(Close(onCaptions)), Accuracy(closed));
display(ReportFigure.CreateBars(
    "Zero-shot accuracy over 64 classes", "Higher is better.", ["accuracy"],
    [("one sentence", [accuracyOfOne]), ($"{sentences.Count} sentences", [accuracyOfSeveral]), ("closed by captions", [accuracyOnCaptions]), ("closed by its own", [accuracyClosed])], maximum: 1));

// What this has shown must hold:
Check(accuracyClosed > accuracyOfSeveral - 0.1);
Check(accuracyClosed > accuracyOnCaptions - 0.03);

// A gap does not spoil zero-shot classification as it spoils a [mixed gallery](04-mixed-search-and-hubness.ipynb): pictures are compared with
// texts only, all of them across the gap. So closing it need not gain here, and can cost a few classes. With these thumbnails it gains: what
// all of them have in common lies nearer to some classes than to others, whatever they show, and that preference goes with the mean.
//
// ## How sure is it?
//
// CLIP multiplies cosines by 100 before the softmax. That factor belongs to the cosines of its training: with the gap closed cosines spread
// wider, and the same factor makes the classifier far too sure of itself. `CalibrateTemperature` fits the factor on labelled rows (validation,
// not test); the predictions stay as they are, only their confidence changes.

var calibration = ml.ModalityGap().CalibrateTemperature(closed.Transform(validationRows));
display(calibration);

// On the test pictures, by how sure it is and how often it is right. On the diagonal the two agree.

var calibrated = closed.WithLogitScale(calibration.LogitScale);
var before = ml.ModalityGap().EvaluateCalibration(closed.Transform(testRows), options: new() { BinCount = 10 });
var after = ml.ModalityGap().EvaluateCalibration(calibrated.Transform(testRows), options: new() { BinCount = 10, LogitScale = calibration.LogitScale });

IReadOnlyList<(double, double)> Points(CalibrationMetrics metrics) => metrics.Bins.Where(bin => bin.Count >= 5).Select(bin => (bin.MeanConfidence, bin.Accuracy)).ToArray();
display(ReportFigure.CreateLines(
    "Confidence and accuracy", "Below the diagonal the classifier is too sure of itself.", "confidence", "accuracy",
    ("scale 100", Points(before)), ($"scale {calibration.LogitScale:F1}, fitted", Points(after)), ("as it should be", new (double, double)[] { (0, 0), (1, 1) })));

display($"expected calibration error: {before.ExpectedCalibrationError:F3} with scale 100, {after.ExpectedCalibrationError:F3} with scale {calibration.LogitScale:F1}; accuracy {before.Accuracy:P1} and {after.Accuracy:P1}");

// What this has shown must hold:
Check(Math.Abs(after.Accuracy - before.Accuracy) < 1e-9);
Check(after.ExpectedCalibrationError < before.ExpectedCalibrationError);
Check(after.ExpectedCalibrationError < 0.15);

// The calibrated classifier is a transformer like any other: append it to a pipeline, save it, serve it. Next: [04 Mixed search and
// hubness](04-mixed-search-and-hubness.ipynb).

public class Picture
{
    public byte[] Png { get; set; }
    public string Label { get; set; }
}

public class Pair
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
}

public class Prompt { public string Caption { get; set; } }

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("03-zero-shot-and-calibration.cs"), null);
    static int _count;

    public static Html HTML(string text) => new(text);

    public static void display(object value)
    {
        switch (value)
        {
            case ReportFigure figure:
                figure.Save(NextFile(figure.Title, $"{figure.Id}.svg"));
                break;
            case Html html:
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>03-zero-shot-and-calibration</title>{html.Text}");
                break;
            default:
                Console.WriteLine(value);
                break;
        }
    }

    static string NextFile(string title, string name)
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, $"{++_count:00}-{name}");
        Console.WriteLine($"{title}: {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}");
        return path;
    }

    public sealed record Html(string Text);
}
