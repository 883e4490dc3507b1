// 04-mixed-search-and-hubness.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/04-mixed-search-and-hubness.cs
//
// Text goes to the console, pictures and pages to the folder 04-mixed-search-and-hubness beside this file. In a clone, the packages of this repository are the
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

// # 4. Mixed search and hubness
//
// Documents with figures, products with photos, archives: one gallery, several modalities, and a query that should find what it asks for in
// whichever. With a [modality gap](01-what-the-gap-is.ipynb) it finds its own modality first. This notebook measures that, closes the gap,
// puts everything into one index, and then looks at a second nuisance of high-dimensional search: **hubs**, documents that turn up for
// everything.

// ## One gallery, queries with known answers
//
// The gallery holds the pictures and the captions of 300 scenes. Each query is *another* caption of a scene; it should find the scene's
// picture and the scene's caption. Everything goes into long data: one embedding column, and a column that says which modality a row is.

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var imageEncoder = ml.Transforms.EmbedClipImages("Image", "Png", folder).Fit(ml.Data.LoadFromEnumerable(new List<Picture>()));
var textEncoder = ml.Transforms.EmbedClipText("Text", "Caption", folder).Fit(ml.Data.LoadFromEnumerable(new List<Words>()));

List<Document> EncodePictures(IReadOnlyList<Scene> scenes) =>
    imageEncoder.Transform(ml.Data.LoadFromEnumerable(scenes.Select(scene => new Picture { Png = scene.RenderPng(96) }).ToList())).GetColumn<float[]>("Image")
        .Select((embedding, i) => new Document { Key = $"picture {i}", Scene = $"{i}", Modality = "image", Embedding = embedding }).ToList();

List<Document> EncodeCaptions(IReadOnlyList<Scene> scenes, int which) =>
    textEncoder.Transform(ml.Data.LoadFromEnumerable(scenes.Select(scene => new Words { Caption = scene.Captions[which] }).ToList())).GetColumn<float[]>("Text")
        .Select((embedding, i) => new Document { Key = $"caption {i}", Scene = $"{i}", Modality = "text", Embedding = embedding }).ToList();

var scenes = SceneDataset.Create(SceneSplit.Test, 300, seed: 7);
var gallery = ml.Data.LoadFromEnumerable(EncodePictures(scenes).Concat(EncodeCaptions(scenes, 0)).ToList());
var queries = ml.Data.LoadFromEnumerable(EncodeCaptions(scenes, 1));
display($"«{scenes[0].Captions[1]}» should find the picture of «{scenes[0].Captions[0]}», and that caption");

// ## With the gap
//
// `EvaluateMixedRetrieval` ranks the whole gallery for each query. NDCG@10 is 1 where both answers stand first. Look at the last column,
// **rank bias**: 0 means that modality does not matter, −1 that all other documents stand in front because of theirs.

var raw = ml.ModalityGap().EvaluateMixedRetrieval(queries, "Embedding", gallery, "Embedding", "Modality", Relevance.ById("Scene", "Scene"));
display(raw);

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }

Check(raw["image"].TopShare < 0.1);
Check(raw["image"].RankBias < -0.2);

// ## Without
//
// `CenterModalities` works on long data as well: name the column that tells the modality. It is fitted on 300 other scenes. Queries are texts,
// so they go through the texts' map, by the same transformer.

var fitScenes = SceneDataset.Create(SceneSplit.Validation, 300, seed: 11);
var fit = ml.Data.LoadFromEnumerable(EncodePictures(fitScenes).Concat(EncodeCaptions(fitScenes, 0)).ToList());
var center = ml.Transforms.CenterModalities(ModalityColumns.PerRow("Embedding", "Modality")).Fit(fit);

var closedGallery = center.Transform(gallery);
var closedQueries = center.Transform(queries);
var closed = ml.ModalityGap().EvaluateMixedRetrieval(closedQueries, "Embedding", closedGallery, "Embedding", "Modality", Relevance.ById("Scene", "Scene"));
display(closed);

// What this has shown must hold:
Check(closed.Ndcg > raw.Ndcg + 0.1);
Check(closed["image"].TopShare > 0.25);
Check(closed["image"].RankBias > -0.3);

display(ReportFigure.CreateBars(
    "One gallery of pictures and captions, asked in words", "NDCG@10: 1 is best. Half of the gallery are pictures, so half of the first ten would be fair.",
    ["with the gap", "closed"],
    [("NDCG@10", [raw.Ndcg, closed.Ndcg]), ("pictures in ten", [raw["image"].TopShare, closed["image"].TopShare])], maximum: 1));

// ## Into an index
//
// `CreateIndex` searches exactly, on all cores, with ids and modalities. One query, answers of both kinds:

var index = ml.ModalityGap().CreateIndex(closedGallery, "Embedding", "Key", "Modality");
var query = closedQueries.GetColumn<float[]>("Embedding").First();

string Show(Neighbor found)
{
    var scene = scenes[int.Parse(found.Id.ToString().Split(' ')[1])];
    return found.Modality == "text"
        ? $"<li>{found.Score:F3} · caption: {scene.Captions[0]}</li>"
        : $"<li>{found.Score:F3} · <img alt='picture of {scene.Captions[0]}' style='vertical-align:middle;height:4em' src='data:image/png;base64,{Convert.ToBase64String(scene.RenderPng(96))}'></li>";
}

var found = index.Search(query, 6);
display(HTML($"<p>{index}</p><p>«{scenes[0].Captions[1]}» finds</p><ol>{string.Concat(found.Select(Show))}</ol>"));

// What this has shown must hold:
Check(index.Count == 600);
Check(found.Any(entry => entry.Modality == "image") && found.Any(entry => entry.Modality == "text"));

// Filters take one modality alone, and the index knows which maps its vectors came through. Vectors of other maps lie in another space;
// cosines with them say nothing, so they are refused:

var pictures = index.Search(query, 3, new() { Modalities = ["image"] });
Console.WriteLine("pictures only: " + string.Join(", ", pictures.Select(entry => entry.Id)));

var otherMap = ml.Transforms.CenterModalities(ModalityColumns.PerRow("Embedding", "Modality")).Fit(gallery);
try
{
    index.SearchBatch(otherMap.Transform(queries), "Embedding", 3);
}
catch (InvalidDataException refused)
{
    Console.WriteLine(refused.Message);
}

// What this has shown must hold:
Check(pictures.All(entry => entry.Modality == "image"));
var wasRefused = false;
try { index.SearchBatch(otherMap.Transform(queries), "Embedding", 3); } catch (InvalidDataException) { wasRefused = true; }
Check(wasRefused);

// ## Hubs
//
// Ask 300 queries for ten documents each, and count how often each document is found: five times on average. With the gap, half of the gallery
// is never found at all. But without one, too, some documents are found more often than others, whatever is asked; in larger spaces some turn
// up for almost everything. A rescoring method learns that from a bank of other queries (here captions of the 300 scenes that the map was
// fitted on) and lowers what everybody is near to. `InvertedSoftmax` is the best known one.

var bank = center.Transform(ml.Data.LoadFromEnumerable(EncodeCaptions(fitScenes, 1)));
var rescorer = ml.ModalityGap().CreateRescorer(new InvertedSoftmax(), bank, "Embedding");

int[] CountFound(EmbeddingIndex index, IDataView queries, SearchOptions options) => index.SearchBatch(queries, "Embedding", 10, options).SelectMany(found => found)
    .GroupBy(entry => entry.Position).Select(group => group.Count()).Concat(Enumerable.Repeat(0, index.Count)).OrderDescending().Take(index.Count).ToArray();

var withGap = CountFound(ml.ModalityGap().CreateIndex(gallery, "Embedding", "Key", "Modality"), queries, new());
var plain = CountFound(index, closedQueries, new());
var rescored = CountFound(index, closedQueries, new() { Rescorer = rescorer });
IReadOnlyList<(double, double)> Trace(int[] counts) => counts.Select((count, i) => (i + 1.0, (double)count)).ToArray();
display(ReportFigure.CreateLines(
    "How often a document is found", "Documents in order of how often they are among the first ten of 300 queries. Without hubs the line would be flat, at 5.", "document", "times found",
    ("with the gap", Trace(withGap)), ("closed", Trace(plain)), ("closed and rescored", Trace(rescored))));

double FoundFirst(SearchOptions options) => index.SearchBatch(closedQueries, "Embedding", 2, options)
    .Select((found, row) => found.Count(entry => entry.Id.ToString().EndsWith($" {row}")) / 2.0).Average();

var (foundAsIs, foundRescored) = (FoundFirst(new()), FoundFirst(new() { Rescorer = rescorer }));
display($"never found: {withGap.Count(count => count == 0)} of {index.Count} documents with the gap, {plain.Count(count => count == 0)} without; most found: {withGap[0]}, {plain[0]} and, rescored, {rescored[0]} times; "
    + $"both answers among the first two: {foundAsIs:P1}, rescored {foundRescored:P1}");

// What this has shown must hold:
Check(plain.Sum() == 3_000 && rescored.Sum() == 3_000);
Check(withGap.Count(count => count == 0) >= 250 && plain.Count(count => count == 0) < 100);
Check(rescored.Sum(count => (double)count * count) < 1.1 * plain.Sum(count => (double)count * count));
Check(foundRescored > foundAsIs - 0.05);

// With the gap closed there are hardly any hubs among these drawings, so rescoring has little to mend and can even cost an answer or two.
// Measure before using it: what it gains, it gains in large galleries with many hubs.
//
// The rescorer can be saved on its own, and `RetrieveNearest` puts the whole search, rescorer included, into a pipeline that is saved like any
// other. Next: [05 Caption scores](05-caption-scores.ipynb).

public class Document
{
    public string Key { get; set; }
    public string Scene { get; set; }
    public string Modality { get; set; }
    [VectorType(96)] public float[] Embedding { get; set; }
}

public class Picture { public byte[] Png { get; set; } }

public class Words { public string Caption { get; set; } }

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("04-mixed-search-and-hubness.cs"), null);
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
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>04-mixed-search-and-hubness</title>{html.Text}");
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
