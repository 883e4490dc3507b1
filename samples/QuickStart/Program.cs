// From images and captions to a fitted, saved and reloaded pipeline that closes the modality gap, and what that does to a search over both.
//
//   dotnet run --project samples/QuickStart                              everything, with the small encoder of this repository
//   dotnet run --project samples/QuickStart -- "two small green stars"   and a query of your own
//   dotnet run --project samples/QuickStart -- --model FOLDER --images DIR --captions FILE.tsv     real CLIP (see README.md here)
using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using QuickStart;
using Spectre.Console;

var model = new Option<string>("--model") { Description = "A folder with a CLIP export: vision_model.onnx, text_model.onnx, tokenizer files, preprocessor_config.json." };
var images = new Option<string>("--images") { Description = "The folder of the images." };
var captions = new Option<string>("--captions") { Description = "A tab-separated file: image file, caption. Several lines per image are several captions." };
var query = new Argument<string[]>("query") { Description = "What to look for in the mixed gallery.", Arity = ArgumentArity.ZeroOrMore };
var command = new RootCommand("Closes the modality gap of a CLIP-like encoder and shows what that does.") { model, images, captions, query };
command.SetAction(result =>
{
    try
    {
        Run(result.GetValue(model), result.GetValue(images), result.GetValue(captions), string.Join(' ', result.GetValue(query) ?? []));
        return 0;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"QuickStart: {exception.Message}");
        return 2;
    }
});
return command.Parse(args).Invoke();

static void Run(string? modelFolder, string? imageFolder, string? captionFile, string typedQuery)
{
    if (new[] { modelFolder, imageFolder, captionFile }.Count(option => option is null) is 1 or 2)
        throw new ArgumentException("--model, --images and --captions belong together: give all three, or none for the encoder of this repository.");

    var ml = new MLContext(seed: 1);
    var data = captionFile is null ? PairedData.DrawScenes() : PairedData.Read(imageFolder!, captionFile);
    var folder = modelFolder ?? TinyClip.TinyClipModel.FindFolder();
    AnsiConsole.MarkupLineInterpolated($"[bold]{data.Name}[/]: {data.Fit.Count} pairs to fit on, {data.HeldOut.Count} others to measure on");

    // 1. Encode. Images are decoded and resized as CLIP's reference does it, captions tokenised, both run through ONNX in batches.
    var encoders = ml.Transforms.EmbedClipImages("Image", nameof(Pair.ImagePath), folder)
        .Append(ml.Transforms.EmbedClipText("Text", nameof(Pair.Caption), folder))
        .Fit(ml.Data.LoadFromEnumerable(data.Fit));

    // 2. Fit, as one model, maps that bring images and texts together, and a correction that puts their similarities on one scale. Beside it the paper's I0T_post: each modality's own mean, taken away.
    var fit = ml.Data.Cache(encoders.Transform(ml.Data.LoadFromEnumerable(data.Fit)));
    var model = ml.Transforms.CorrectSimilarities("Image", "Text").Fit(fit);
    var center = ml.Transforms.CenterModalities("Image", "Text").Fit(fit);

    // 3. Save the whole pipeline, encoders included, and load it again, as a service would.
    var path = Path.Combine(AppContext.BaseDirectory, "quickstart-model.zip");
    ml.Model.Save(encoders.Append(model), ml.Data.LoadFromEnumerable(data.Fit).Schema, path);
    var reloaded = (TransformerChain<ITransformer>)ml.Model.Load(path, out _);
    var correction = ((EmbeddingMapTransformer)reloaded.LastTransformer).Correction;

    // 4. Measure on pairs it has not seen: between images and texts, and in one gallery of both.
    IDataView Embed(ITransformer pipeline, IReadOnlyList<Pair> rows) => ml.Data.Cache(pipeline.Transform(ml.Data.LoadFromEnumerable(rows)));
    var (rawPairs, rawCaptions) = (Embed(encoders, data.HeldOut), Embed(encoders, data.Captions));
    IDataView Raw(IReadOnlyList<Pair> rows) => rows == data.HeldOut ? rawPairs : rawCaptions;
    Tables.WriteMeasures(
    [
        Measured.Create(ml, "raw", Raw, data),
        Measured.Create(ml, "I0T_post", rows => center.Transform(Raw(rows)), data),
        Measured.Create(ml, "aligned", rows => model.Transform(Raw(rows)), data),
        Measured.Create(ml, "corrected", rows => model.Transform(Raw(rows)), data, correction),
    ]);

    // 5. Answer a query from one gallery of texts and images, one row at a time, with the reloaded model.
    var (before, after) = (new MixedGallery(ml, rawPairs), new MixedGallery(ml, Embed(reloaded, data.HeldOut), correction));
    var engine = ml.Model.CreatePredictionEngine<Pair, TextEmbedding>(reloaded);
    var uncorrected = ml.Model.CreatePredictionEngine<Pair, TextEmbedding>(encoders);
    foreach (var text in AskForQueries(typedQuery, data.ExampleQuery))
    {
        var row = new Pair { Caption = text };
        Tables.WriteAnswers(text, data.HeldOut, before.Search(uncorrected.Predict(row).Text, 5), after.Search(engine.Predict(row).Text, 5));
    }

    (reloaded as IDisposable)?.Dispose();
    encoders.Dispose();
}

// What was typed on the command line; at a terminal whatever is typed next, up to an empty line; else an example.
static IEnumerable<string> AskForQueries(string typed, string example)
{
    if (typed.Length > 0)
    {
        yield return typed;
        yield break;
    }

    yield return example;
    while (!Console.IsInputRedirected && !Console.IsOutputRedirected)
    {
        Console.Write("Look for (empty to end): ");
        if (Console.ReadLine() is not { Length: > 0 } text)
            yield break;
        yield return text;
    }
}
