// 02-close-it-in-a-pipeline.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/02-close-it-in-a-pipeline.cs
//
// Text goes to the console, pictures and pages to the folder 02-close-it-in-a-pipeline beside this file. In a clone, the packages of this repository are the
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

// # 2. Close it in a pipeline
//
// [The first notebook](01-what-the-gap-is.ipynb) showed the gap and where it comes from: each modality has a mean of its own. So **take it
// away and normalise again**. No training, no pairs needed; one mean per modality. That is I0T_post (An et al., ACL 2025), and here it is one
// more step of an ML.NET pipeline.

// ## Data to fit on, data to look at
//
// The means must come from other rows than those we look at; on the very rows they were computed from, any correction looks perfect. So: 300
// scenes to fit on, 300 others to measure on.

List<Pair> Draw(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed).Select(scene => new Pair { Png = scene.RenderPng(96), Caption = scene.Captions[0] }).ToList();

string ShowPicture(Pair pair) =>
    $"<figure style='display:inline-block;width:10em;margin:.5em;vertical-align:top'><img alt='{pair.Caption}' src='data:image/png;base64,{Convert.ToBase64String(pair.Png)}'><figcaption>{pair.Caption}</figcaption></figure>";

var fitPairs = Draw(SceneSplit.Validation, 300, seed: 11);
var testPairs = Draw(SceneSplit.Test, 300, seed: 7);
display(HTML(string.Concat(testPairs.Take(4).Select(ShowPicture))));

// ## The pipeline
//
// Encode the pictures, encode the captions, take away each modality's mean. `Fit` runs the encoders over the rows once and keeps two means of
// 96 numbers.

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var pipeline = ml.Transforms.EmbedClipImages("Image", "Png", folder)
    .Append(ml.Transforms.EmbedClipText("Text", "Caption", folder))
    .Append(ml.Transforms.CenterModalities("Image", "Text"));

var model = pipeline.Fit(ml.Data.LoadFromEnumerable(fitPairs));

// ## What was fitted
//
// The last transformer of the model holds a map per modality: a chain of steps on a vector. The fingerprint identifies the map on any machine;
// vectors of different maps cannot be compared, and the library refuses to.

var center = model.LastTransformer;
display(center);

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }

Check(center.Modalities.Count == 2);
Check(center.Modalities[0].Statistics.Count == 300);

// ## Before and after
//
// The same 300 held-out scenes, without the last step and with it.

var testRows = ml.Data.LoadFromEnumerable(testPairs);
var closed = ml.Data.Cache(model.Transform(testRows));
var raw = ml.Data.Cache(pipeline.Fit(ml.Data.LoadFromEnumerable(fitPairs)).SkipLast(1).Aggregate(testRows, (data, step) => step.Transform(data)));

var report = ml.ModalityGap().CreateReport(raw, "Image", "Text", center, new() { DataDescription = "TinyClip on 300 drawn scenes it was not fitted on" });
display(report);

// What this has shown must hold:
Check(report.After.CentroidDistance < 0.5 * report.Before.CentroidDistance);
Check(report.After.LinearSeparability < 0.85);
Check(report.After.FirstToSecond.RecallAt(1) > report.Before.FirstToSecond.RecallAt(1) - 0.08);
Check(ml.ModalityGap().Evaluate(closed, "Image", "Text").CentroidDistance == report.After.CentroidDistance);

// The clouds that lay apart lie in each other now, and partners (joined by lines) are near each other:

display(report.GetFigure("space"));

// Matched pairs stand out from mismatched ones, and images and texts are as alike among themselves as across: one threshold means the same for
// all.

display(report.GetFigure("similarities"));

// Finding the partner within the other modality did not suffer:

display(report.GetFigure("recall"));

// And in one gallery of pictures and captions, each query's first ten documents hold both kinds:

display(report.GetFigure("mixed"));

// ## The whole page
//
// The report is also a page for those who were not here: one file, no network, with definitions and provenance.

var page = Path.Combine(Path.GetTempPath(), "modality-gap-report.html");
report.Save(page);
display($"{new FileInfo(page).Length / 1024} KB");

// What this has shown must hold:
Check(new FileInfo(page).Length < 2_000_000);
File.Delete(page);

// ## Save it, load it
//
// The model is an ordinary ML.NET model: encoders, tokenizer and maps in one file. It loads anywhere without registration, and a prediction
// engine takes single rows.

var stream = new MemoryStream();
ml.Model.Save(model, ml.Data.LoadFromEnumerable(fitPairs).Schema, stream);
stream.Position = 0;
var reloaded = ml.Model.Load(stream, out _);
var engine = ml.Model.CreatePredictionEngine<Pair, TextEmbedding>(reloaded);
var query = engine.Predict(new Pair { Caption = "two small green stars" }).Text;

var best = closed.GetColumn<float[]>("Image").Select((image, row) => (Pair: testPairs[row], Score: TensorPrimitives.CosineSimilarity<float>(query, image)))
    .OrderByDescending(found => found.Score).Take(4).ToArray();
display(HTML("<p>«two small green stars» finds</p>" + string.Concat(best.Select(found => ShowPicture(found.Pair)))));

// What this has shown must hold:
Check(query.Length == 96);
Check(best.Any(found => found.Pair.Caption.Contains("green") || found.Pair.Caption.Contains("lime") || found.Pair.Caption.Contains("emerald")));

// ## Is centring the best there is?
//
// It is the simplest. Others whiten, rotate, or use the pairs. `Select` compares them by cross-validation on the pairs at hand and recommends
// one, or to leave the embeddings alone when every correction would cost more recall than it is allowed to; here one point.

var fitEmbeddings = ml.Data.Cache(model.SkipLast(1).Aggregate(ml.Data.LoadFromEnumerable(fitPairs), (IDataView data, ITransformer step) => step.Transform(data)));
var selection = ml.ModalityGap().Select(fitEmbeddings, "Image", "Text", new() { AllowedRecallLoss = 0.01, Repeats = 1 });
display($"{selection.Recommended.Name}: {selection.Reason}");

display(ml.ModalityGap().CreateReport(raw, "Image", "Text", selection.Estimator.Fit(fitEmbeddings), new() { Selection = selection }).GetFigure("methods"));

// What this has shown must hold:
Check(selection.Entries.Count > 5);
Check(selection.Recommended.MeanRecall.Value >= selection.Raw.MeanRecall.Value - 0.011);

// Next: [03 Zero-shot and calibration](03-zero-shot-and-calibration.ipynb).

public class Pair
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
}

public class TextEmbedding { public float[] Text { get; set; } }

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("02-close-it-in-a-pipeline.cs"), null);
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
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>02-close-it-in-a-pipeline</title>{html.Text}");
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
