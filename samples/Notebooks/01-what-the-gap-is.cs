// 01-what-the-gap-is.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/01-what-the-gap-is.cs
//
// Text goes to the console, pictures and pages to the folder 01-what-the-gap-is beside this file. In a clone, the packages of this repository are the
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

// # 1. What the modality gap is
//
// CLIP and its kin put images and texts into one space, so that a text can be compared with an image. One would expect a picture of a red star
// and the words "a red star" to be neighbours there. They are not: **all images lie in one region, all texts in another**, and between them
// there is a gap. It is called the *modality gap* (Liang et al., 2022).
//
// This notebook shows the gap on a small encoder of this repository, TinyClip, which knows drawings of coloured shapes. Everything runs
// offline. See [README.md](README.md) for how to run it.

// ## Drawings and captions
//
// Three hundred scenes that TinyClip has never seen, each with a caption. Here are the first six.

List<Pair> Draw(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed).Select(scene => new Pair { Png = scene.RenderPng(96), Caption = scene.Captions[0] }).ToList();

string ShowPicture(Pair pair) =>
    $"<figure style='display:inline-block;width:10em;margin:.5em;vertical-align:top'><img alt='{pair.Caption}' src='data:image/png;base64,{Convert.ToBase64String(pair.Png)}'><figcaption>{pair.Caption}</figcaption></figure>";

var pairs = Draw(SceneSplit.Test, 300, seed: 7);
display(HTML(string.Concat(pairs.Take(6).Select(ShowPicture))));

// ## Into one space
//
// `EmbedClipImages` decodes, resizes and encodes the pictures; `EmbedClipText` tokenises and encodes the captions. Both are ordinary ML.NET
// estimators, and the model folder is laid out like the public CLIP exports. Each picture and each caption becomes a vector of 96 numbers.

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder).Append(ml.Transforms.EmbedClipText("Text", "Caption", folder));

var rows = ml.Data.LoadFromEnumerable(pairs);
var embeddings = ml.Data.Cache(encoders.Fit(rows).Transform(rows));

// ## The gap in numbers
//
// `Evaluate` takes two columns whose rows are pairs. Look at three lines:
//
// - **centroid distance**: how far the mean of all images is from the mean of all texts. 0 would be no gap; the vectors have length 1, so 2 is
// the most there can be.
// - **linear separability**: how often a straight cut tells an image from a text it has not seen. 0.5 is guessing.
// - **recall@1**: how often the right partner is the first of all 300. The encoder is good, gap or no gap.

var metrics = ml.ModalityGap().Evaluate(embeddings, "Image", "Text");
display(metrics);

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }

Check(metrics.CentroidDistance > 0.3);
Check(metrics.LinearSeparability > 0.95);
Check(metrics.FirstToSecond.RecallAt(1) > 0.5);
Check(metrics.SecondSimilarities.Mean > metrics.MismatchedSimilarities.Mean + 0.2);

// ## The gap as a picture
//
// `CreateReport` measures the same and draws it. Below, all 600 vectors in the two directions in which they vary most. The first of these
// directions is not about shapes or colours: it is the direction from images to texts.

var report = ml.ModalityGap().CreateReport(embeddings, "Image", "Text");
display(report.GetFigure("space"));

// ## Strangers of one's own kind are as near as one's partner
//
// The cosines tell the same story. A caption is more like its own picture (partners, the solid curve) than like other pictures (strangers,
// dotted). But **two captions, whatever they say, are about as alike as a caption and its own picture**: their curve lies around that of the
// partners, and far to the right of that of strangers across the gap.

display(report.GetFigure("similarities"));

// ## Why it matters
//
// Put pictures and captions into *one* gallery, as a search over documents with figures does, and ask for something in words. What comes
// first?

var images = embeddings.GetColumn<float[]>("Image").ToArray();
var texts = embeddings.GetColumn<float[]>("Text").ToArray();

// For each caption: of the ten documents nearest to it, itself left out, how many are texts? Half the gallery is, so five would be fair.
double CountTexts(float[][] images, float[][] texts) => texts.Average(query =>
    images.Select(document => (IsText: false, Score: TensorPrimitives.CosineSimilarity<float>(query, document)))
        .Concat(texts.Where(text => text != query).Select(document => (IsText: true, Score: TensorPrimitives.CosineSimilarity<float>(query, document))))
        .OrderByDescending(document => document.Score).Take(10).Count(document => document.IsText));

var textsInTen = CountTexts(images, texts);
display($"Of the first ten documents, {textsInTen:F1} are texts.");

// What this has shown must hold:
Check(textsInTen > 8);

// The query's own picture, the best answer there is, hides behind captions of other pictures, only because these are texts. The same happens
// with thresholds ("show what scores above 0.3") and with anything else that compares across modalities.
//
// ## Where it comes from
//
// Take the mean of every dimension over all images, and over all texts. If vectors only spoke of what is to be seen, these means would be near
// zero. They are not: some dimensions are large for every image, or for every text, whatever it shows. The I0T paper (An et al., 2025) calls
// these *modality-specific activations*.

display(report.GetFigure("means"));

// What all images share cannot tell one image from another; it only tells images from texts. So it can be taken away. That is the next
// notebook: [02 Close it in a pipeline](02-close-it-in-a-pipeline.ipynb).

public class Pair
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
}

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("01-what-the-gap-is.cs"), null);
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
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>01-what-the-gap-is</title>{html.Text}");
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
