// 07-ship-it.ipynb as a program that needs nothing but the .NET 10 SDK. From the root of a clone:
//
//   dotnet run samples/Notebooks/07-ship-it.cs
//
// Text goes to the console, pictures and pages to the folder 07-ship-it beside this file. In a clone, the packages of this repository are the
// projects they are made from. Written by the notebook's runner; change the notebook, and then
//
//   dotnet run -c Release --project samples/Notebooks/Runner -- apps
#:package Microsoft.ML.ModalityGap@0.1.0
#:package Microsoft.ML.ModalityGap.Clip@0.1.0
#:package Microsoft.ML.ModalityGap.Extensions.AI@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package SkiaSharp.NativeAssets.Linux.NoDependencies@3.119.4
#:project ../TinyClip.Scenes/TinyClip.Scenes.csproj
#:property Nullable=disable

using System.IO;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.Extensions.AI;
using TinyClip;
using System.Runtime.CompilerServices;
using static Notebook;

// # 7. Ship it
//
// A correction that only runs in the notebook it was fitted in is worth little. Three ways out: **an ML.NET model** with everything in it,
// **ONNX** for whatever language serves the encoder, and **`IEmbeddingGenerator`** for vector stores and RAG in .NET. And one safeguard: the
// fingerprint, so that vectors of one map are never compared with vectors of another.

// ## Fit, as in 02

List<Pair> Draw(SceneSplit split, int count, ulong seed) =>
    SceneDataset.Create(split, count, seed).Select(scene => new Pair { Png = scene.RenderPng(96), Caption = scene.Captions[0] }).ToList();

string ShowPicture(Pair pair) =>
    $"<figure style='display:inline-block;width:10em;margin:.5em;vertical-align:top'><img alt='{pair.Caption}' src='data:image/png;base64,{Convert.ToBase64String(pair.Png)}'><figcaption>{pair.Caption}</figcaption></figure>";

var fitPairs = Draw(SceneSplit.Validation, 300, seed: 11);
var testPairs = Draw(SceneSplit.Test, 200, seed: 7);

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder).Append(ml.Transforms.EmbedClipText("Text", "Caption", folder));

var fitRows = ml.Data.LoadFromEnumerable(fitPairs);
var encoder = encoders.Fit(fitRows);
var fitEmbeddings = ml.Data.Cache(encoder.Transform(fitRows));
var center = ml.Transforms.CenterModalities("Image", "Text").Fit(fitEmbeddings);

var test = ml.Data.LoadFromEnumerable(testPairs);
var work = Directory.CreateTempSubdirectory("ship-it-").FullName;
display(center);

// ## As an ML.NET model
//
// Encoders, tokenizer and maps in one file. Whoever loads it needs the package, and no registration call.

var model = encoder.Append(center);
var file = Path.Combine(work, "closed.zip");
ml.Model.Save(model, fitRows.Schema, file);

var reloaded = new MLContext().Model.Load(file, out var schema);
var mine = model.Transform(test).GetColumn<float[]>("Image").First();
var theirs = reloaded.Transform(test).GetColumn<float[]>("Image").First();
display($"{new FileInfo(file).Length / 1024:N0} KB; the reloaded model gives {(mine.SequenceEqual(theirs) ? "the same bits" : "something else")}");

// What this has shown must hold:
void Check(bool holds, [CallerArgumentExpression(nameof(holds))] string what = "") { if (!holds) throw new Exception($"does not hold: {what}"); }
Check(mine.SequenceEqual(theirs));

// ## Into the encoder's own ONNX file
//
// `AppendToOnnx` writes an encoder with the map behind it. It takes the same pixels and gives closed embeddings under the same output name, so
// nothing that runs the encoder has to change, in whatever language.

var baked = Path.Combine(work, "vision_closed.onnx");
ml.ModalityGap().AppendToOnnx(Path.Combine(folder, "vision_model.onnx"), center, "Image", baked);

// Only ONNX Runtime from here on: pixels in, closed embeddings out.
var pixels = ml.Transforms.PreprocessClipImages("Pixels", "Png", ClipImagePreprocessing.FromPreprocessorConfig(Path.Combine(folder, "preprocessor_config.json")))
    .Fit(test).Transform(test).GetColumn<float[]>("Pixels").First();
float[] onnx;
using (var session = new InferenceSession(baked))
using (var results = session.Run([NamedOnnxValue.CreateFromTensor("pixel_values", new DenseTensor<float>(pixels, new[] { 1, 3, 64, 64 }))]))
    onnx = results.Single(result => result.Name == "image_embeds").AsEnumerable<float>().ToArray();

var largest = onnx.Zip(mine, (a, b) => Math.Abs(a - b)).Max();
display($"largest difference between ONNX and the ML.NET pipeline: {(largest < 1e-5 ? "below 0.00001" : largest.ToString("G3"))}");

// What this has shown must hold:
Check(largest < 1e-4);

// The file says which map it holds, in its metadata. It is the fingerprint of the fitted model, the same for both modalities: what carries it
// may be compared.

var inFile = ml.ModalityGap().ReadOnnxFingerprints(baked)["image_embeds"];
display($"in the ONNX file: {inFile}; of the fitted model: {center.Fingerprint}");

// What this has shown must hold:
Check(inFile == center.Fingerprint);

// ## As an embedding generator
//
// In .NET, vector stores and RAG libraries speak `IEmbeddingGenerator` (Microsoft.Extensions.AI). The encoder is one, and
// `UseModalityCorrection` wraps any other.

IEmbeddingGenerator<string, Embedding<float>> texts = new ClipTextEmbeddingGenerator(folder).AsBuilder().UseModalityCorrection(center, "Text").Build();
IEmbeddingGenerator<DataContent, Embedding<float>> pictures = new ClipImageEmbeddingGenerator(folder).AsBuilder().UseModalityCorrection(center, "Image").Build();

var documents = await pictures.GenerateAsync(testPairs.Select(pair => new DataContent(pair.Png, "image/png")));
var query = await texts.GenerateAsync(["two large blue hearts"]);

var found = documents.Select((document, row) => (Pair: testPairs[row], Score: TensorPrimitives.CosineSimilarity(query[0].Vector.Span, document.Vector.Span)))
    .OrderByDescending(entry => entry.Score).Take(4).ToArray();
display(HTML("<p>«two large blue hearts» finds</p>" + string.Concat(found.Select(entry => ShowPicture(entry.Pair)))));

// Every vector carries the fingerprint of its map. Store it beside the vectors, and refuse to compare others with them:

display($"query: {query[0].FindMapFingerprint()}, documents: {string.Join(", ", documents.Select(document => document.FindMapFingerprint()).Distinct())}");

// What this has shown must hold:
Check(query[0].FindMapFingerprint() == center.Fingerprint);
Check(documents.All(document => document.FindMapFingerprint() == center.Fingerprint));
Check(found[0].Pair.Caption.Contains("heart") || found[1].Pair.Caption.Contains("heart") || found[2].Pair.Caption.Contains("heart") || found[3].Pair.Caption.Contains("heart"));

// ## Check what was shipped
//
// The vectors that a service hands out can be reported on like any others: here those of both generators.

var captions = await texts.GenerateAsync(testPairs.Select(pair => pair.Caption));

var served = ml.Data.LoadFromEnumerable(documents.Zip(captions, (image, text) => new Served { Image = image.Vector.ToArray(), Text = text.Vector.ToArray() }).ToList());
var report = ml.ModalityGap().CreateReport(encoder.Transform(test), served, "Image", "Text", new() { DataDescription = "what the service hands out" });
display(report.GetFigure("mixed"));

// What this has shown must hold:
Check(report.After.CentroidDistance < 0.5 * report.Before.CentroidDistance);
Directory.Delete(work, recursive: true);

// A whole service, with an index over pictures and texts and a page to search them, is in [samples/SearchService](../SearchService).

public class Pair
{
    public byte[] Png { get; set; }
    public string Caption { get; set; }
}

public class Served
{
    [VectorType(96)] public float[] Image { get; set; }
    [VectorType(96)] public float[] Text { get; set; }
}

/// <summary>What stands in for the notebook: text goes to the console, pictures and pages to a folder beside this file.</summary>
static class Notebook
{
    static readonly string _folder = Path.ChangeExtension(AppContext.GetData("EntryPointFilePath") as string ?? Path.GetFullPath("07-ship-it.cs"), null);
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
                File.WriteAllText(NextFile("A page", "page.html"), $"<!doctype html><meta charset=\"utf-8\"><title>07-ship-it</title>{html.Text}");
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
