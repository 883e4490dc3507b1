// 05-caption-scores.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/05-caption-scores.cs
//
// Text goes to the console, pictures and pages to the folder 05-caption-scores beside this file. In a clone, the packages of this repository are the
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

// # 5. Caption scores: CLIP-S and I0T-S
//
// How good is a caption? CLIP-S (Hessel et al., 2021) asks the encoder: 2.5 times the cosine of picture and caption. It needs no reference
// captions and goes well with human ratings. But with a [modality gap](01-what-the-gap-is.ipynb) the number itself cannot be read: any picture
// scores something with any text, and more with any other picture. I0T-S (An et al., 2025) is the plain cosine on embeddings whose gap is
// closed, negative values kept, so that what has nothing to do with each other scores about 0.

// ## Data
//
// Maps are fitted on 300 scenes; scores are taken on 300 others.

List<Pair> Draw(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed).Select(scene => new Pair { Png = scene.RenderPng(96), Caption = scene.Captions[0] }).ToList();

string ShowPicture(Pair pair) =>
    $"<figure style='display:inline-block;width:10em;margin:.5em;vertical-align:top'><img alt='{pair.Caption}' src='data:image/png;base64,{Convert.ToBase64String(pair.Png)}'><figcaption>{pair.Caption}</figcaption></figure>";

var fitPairs = Draw(SceneSplit.Validation, 300, seed: 11);
var testPairs = Draw(SceneSplit.Test, 300, seed: 7);

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder).Append(ml.Transforms.EmbedClipText("Text", "Caption", folder));

var fitRows = ml.Data.LoadFromEnumerable(fitPairs);
var encoder = encoders.Fit(fitRows);
var fitEmbeddings = ml.Data.Cache(encoder.Transform(fitRows));
var center = ml.Transforms.CenterModalities("Image", "Text").Fit(fitEmbeddings);

var embeddings = ml.Data.Cache(encoder.Transform(ml.Data.LoadFromEnumerable(testPairs)));
var closed = new ScoreCaptionsOptions { ImageMap = center.Modalities[0].Map, TextMap = center.Modalities[1].Map };

// ## The control without prompts
//
// Score every picture with its own caption, with other captions, and with other pictures; every caption with other captions. A score that
// measures content puts the own partner first. With the gap, many other captions score more than a caption's own picture, though this encoder
// knows very well what is to be seen:

var rawControl = ml.ModalityGap().EvaluatePromptFreeControl(embeddings, "Image", "Text");
display(rawControl);

// The same with the maps, I0T-S:

var closedControl = ml.ModalityGap().EvaluatePromptFreeControl(embeddings, "Image", "Text", closed);
display(closedControl);

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }

Check(rawControl.TextPreferredToOwnImage > 0.15);
Check(closedControl.TextPreferredToOwnImage < 0.2);
Check(closedControl.MatchedImageText > 4 * Math.Max(0.05, closedControl.MismatchedImageText));

display(ReportFigure.CreateBars(
    "Mean score of pictures and captions", "CLIP-S is 2.5·max(cos, 0), I0T-S the cosine with the gap closed; a mean a little below 0 is drawn as 0. A score of content is high for partners and low for everybody else.",
    ["CLIP-S", "I0T-S"],
    [
        ("own caption", [rawControl.MatchedImageText, closedControl.MatchedImageText]),
        ("other caption", [rawControl.MismatchedImageText, Math.Max(closedControl.MismatchedImageText, 0)]),
        ("other picture", [rawControl.MismatchedImageImage, Math.Max(closedControl.MismatchedImageImage, 0)]),
        ("two captions", [rawControl.MismatchedTextText, Math.Max(closedControl.MismatchedTextText, 0)]),
    ]));

// ## What a score is made of
//
// With each modality's mean μ taken out, a cosine falls into four parts: what any picture scores with any text, what this text scores with
// pictures in general, this picture with texts in general, and what these two have to do with each other. Only the last is about the caption;
// closing the gap leaves it, and takes the others away.

var explanation = ml.ModalityGap().ExplainScores(embeddings, "Image", "Text", center.Modalities[0].Statistics, center.Modalities[1].Statistics);
display(explanation);

// What this has shown must hold:
var parts = explanation.MeansPart + explanation.ImageMeanPart + explanation.TextMeanPart + explanation.ContentPart;
Check(Math.Abs(parts - explanation.Cosine) < 1e-6);

// ## Does it go with ratings?
//
// Closing the gap need not change the order of captions, and here it hardly does; what changes is that the number can be read, and compared
// across kinds of pairs.
//
// There are no human ratings of these drawings, so we make some by counting: of each scene with one kind of thing we write captions in which 0
// to 4 of its colour, shape, size and texture are wrong. The rating is how many are right. (Real studies, such as Flickr8k-Expert, have people
// rate; the measure is the same.)

T Other<T>(T value, Random random) where T : struct, Enum { var others = Enum.GetValues<T>().Where(other => !other.Equals(value)).ToArray(); return others[random.Next(others.Length)]; }

var random = new Random(5);
var rated = new List<Rated>();
foreach (var scene in SceneDataset.Create(SceneSplit.Test, 100, seed: 9, scene => scene.Second is null))
{
    for (var wrong = 0; wrong <= 4; wrong += 2)
    {
        var group = scene.First;
        foreach (var property in new[] { 0, 1, 2, 3 }.OrderBy(_ => random.Next()).Take(wrong))
        {
            group = property switch
            {
                0 => group with { Color = Other(group.Color, random) },
                1 => group with { Shape = Other(group.Shape, random) },
                2 => group with { Size = Other(group.Size, random) },
                _ => group with { Texture = Other(group.Texture, random) },
            };
        }

        rated.Add(new Rated { Png = scene.RenderPng(96), Caption = new Scene(scene.Background, group, scene.Position).Captions[0], Rating = 4 - wrong });
    }
}

var ratedRows = ml.Data.Cache(encoder.Transform(ml.Data.LoadFromEnumerable(rated)));
IDataView Score(ScoreCaptionsOptions options) => ml.Transforms.ScoreCaptions("Image", "Text", options).Fit(ratedRows).Transform(ratedRows);
var clipS = ml.ModalityGap().EvaluateCaptionMetric(Score(new()), "CaptionScore", "Rating");
var i0tS = ml.ModalityGap().EvaluateCaptionMetric(Score(closed), "CaptionScore", "Rating");
display(ReportFigure.CreateBars(
    "How scores go with ratings", $"Rank correlations over {rated.Count} captions of 100 pictures; 1 would be the same order.",
    ["CLIP-S", "I0T-S"],
    [("Kendall τ_b", [clipS.KendallTauB, i0tS.KendallTauB]), ("Kendall τ_c", [clipS.KendallTauC, i0tS.KendallTauC]), ("Spearman", [clipS.Spearman, i0tS.Spearman])], maximum: 1));

// What this has shown must hold:
Check(clipS.KendallTauC > 0.2);
Check(i0tS.KendallTauC > 0.2);
Check(i0tS.KendallTauC > clipS.KendallTauC - 0.1);

// Next: [06 Train I0T_async](06-train-i0t-async.ipynb).

public class Pair
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
}

public class Rated
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
    public float Rating { get; set; }
}

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("05-caption-scores.cs"), null);
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
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>05-caption-scores</title>{html.Text}");
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
