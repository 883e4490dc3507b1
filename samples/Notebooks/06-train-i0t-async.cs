// 06-train-i0t-async.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/06-train-i0t-async.cs
//
// Text goes to the console, pictures and pages to the folder 06-train-i0t-async beside this file. In a clone, the packages of this repository are the
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

// # 6. Train I0T_async
//
// [Centring](02-close-it-in-a-pipeline.ipynb) takes each modality's mean away and needs no training. I0T_async (An et al., 2025) goes a step
// further: one batch normalisation per modality, a scale γ and a shift β for each dimension, **trained on pairs with the encoder frozen**.
// That costs seconds, not GPUs: only a few hundred numbers are learnt, on embeddings computed once.

// ## Embeddings, computed once
//
// One thousand scenes to train on, 300 others to measure on.

List<Pair> Draw(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed).Select(scene => new Pair { Png = scene.RenderPng(96), Caption = scene.Captions[0] }).ToList();

string ShowPicture(Pair pair) =>
    $"<figure style='display:inline-block;width:10em;margin:.5em;vertical-align:top'><img alt='{pair.Caption}' src='data:image/png;base64,{Convert.ToBase64String(pair.Png)}'><figcaption>{pair.Caption}</figcaption></figure>";

var fitPairs = Draw(SceneSplit.Validation, 1_000, seed: 21);
var testPairs = Draw(SceneSplit.Test, 300, seed: 7);

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder).Append(ml.Transforms.EmbedClipText("Text", "Caption", folder));

var fitRows = ml.Data.LoadFromEnumerable(fitPairs);
var encoder = encoders.Fit(fitRows);
var fitEmbeddings = ml.Data.Cache(encoder.Transform(fitRows));
var center = ml.Transforms.CenterModalities("Image", "Text").Fit(fitEmbeddings);

var test = ml.Data.Cache(encoder.Transform(ml.Data.LoadFromEnumerable(testPairs)));

// ## Train
//
// `TrainModalityNormalization` is an estimator like the others; its transformer is the same `EmbeddingMapTransformer`, so what follows does
// not care how a map was found. `EpochCompleted` is told how training stands.

var epochs = new List<TrainingEpoch>();
var estimator = ml.Transforms.TrainModalityNormalization("Image", "Text", new()
{
    Loss = Loss.InfoNCE(LogitScale.Fixed(30), labelSmoothing: 0.1),
    Epochs = 12,
    BatchSize = 64,
    LearningRate = 2e-3,
    ValidationFraction = 0.1,
    Seed = 1,
    EpochCompleted = epochs.Add,
});
var trained = estimator.Fit(fitEmbeddings);

display(ReportFigure.CreateLines(
    "The loss by epoch", "InfoNCE with label smoothing; on the pairs trained on, and on pairs held out.", "epoch", "loss",
    ("trained on", epochs.Select(epoch => ((double)epoch.Epoch, epoch.Loss)).ToArray()),
    ("held out", epochs.Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss.Value)).ToArray())));

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }

Check(epochs.Count == 12);
Check(epochs[^1].Loss < epochs[0].Loss);

// What came out are maps like any others: normalise, take the (learnt) mean away, scale, shift, normalise.

display(trained);

// ## Compare
//
// On the 300 scenes that neither method has seen:

var rawMetrics = ml.ModalityGap().Evaluate(test, "Image", "Text");
var centred = ml.ModalityGap().Evaluate(center.Transform(test), "Image", "Text");
var asynchronous = ml.ModalityGap().Evaluate(trained.Transform(test), "Image", "Text");

double Recall(ModalityGapMetrics metrics) => (metrics.FirstToSecond.RecallAt(1) + metrics.SecondToFirst.RecallAt(1)) / 2;
double Overlap(ModalityGapMetrics metrics) => metrics.MatchedSimilarities.GetOverlap(metrics.MismatchedSimilarities);

display(ReportFigure.CreateBars(
    "Raw, centred and trained", "Centroid distance and overlap of partners with strangers: less is better. Recall@1, mean of both directions: more is better.",
    ["raw", "I0T_post", "I0T_async"],
    [
        ("centroid distance", [rawMetrics.CentroidDistance, centred.CentroidDistance, asynchronous.CentroidDistance]),
        ("recall@1", [Recall(rawMetrics), Recall(centred), Recall(asynchronous)]),
        ("overlap", [Overlap(rawMetrics), Overlap(centred), Overlap(asynchronous)]),
    ], maximum: 1));

// What this has shown must hold:
Check(asynchronous.CentroidDistance < 0.5 * rawMetrics.CentroidDistance);
Check(Recall(asynchronous) > Recall(rawMetrics) - 0.08);

// ## When which?
//
// Look before you choose: whether training pays depends on the encoder and on how many pairs there are. Here, with an encoder that finds
// nearly every partner already, there is little left to learn, and centring closes the gap further. Centring needs unpaired embeddings of each
// modality and no choices. Training needs pairs and a learning rate, and can trade a little gap for retrieval or the other way round through
// its loss: `Loss.InfoNCE() + 0.5 * Loss.Uniformity()`, for example. Other losses, early stopping and resuming are in the documentation on
// training.
//
// The trained maps as a picture:

display(ml.ModalityGap().CreateReport(test, "Image", "Text", trained).GetFigure("space"));

// Next: [07 Ship it](07-ship-it.ipynb).

public class Pair
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
}

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("06-train-i0t-async.cs"), null);
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
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>06-train-i0t-async</title>{html.Text}");
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
