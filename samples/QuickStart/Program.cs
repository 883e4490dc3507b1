// From images and captions to a fitted, saved and reloaded pipeline that closes the modality gap, and what that does to a search over both.
//
//   dotnet run --project samples/QuickStart                              everything, with the small encoder of this repository
//   dotnet run --project samples/QuickStart -- "two small green stars"   and a query of your own
//   dotnet run --project samples/QuickStart -- --model FOLDER --images DIR --captions FILE.tsv     real CLIP (see README.md here)
using System.CommandLine;
using Microsoft.ML;
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

    // 2. Fit the correction: each modality's own mean, taken away (I0T_post).
    var fit = ml.Data.Cache(encoders.Transform(ml.Data.LoadFromEnumerable(data.Fit)));
    var center = ml.Transforms.CenterModalities("Image", "Text").Fit(fit);

    // 3. Save the whole pipeline, encoders included, and load it again, as a service would.
    var path = Path.Combine(AppContext.BaseDirectory, "quickstart-model.zip");
    ml.Model.Save(encoders.Append(center), ml.Data.LoadFromEnumerable(data.Fit).Schema, path);
    var reloaded = ml.Model.Load(path, out _);

    // 4. Measure on pairs it has not seen, before and after.
    var raw = ml.Data.Cache(encoders.Transform(ml.Data.LoadFromEnumerable(data.HeldOut)));
    var closed = ml.Data.Cache(reloaded.Transform(ml.Data.LoadFromEnumerable(data.HeldOut)));
    Tables.WriteGap(ml.ModalityGap().Evaluate(raw, "Image", "Text"), ml.ModalityGap().Evaluate(closed, "Image", "Text"));

    // 5. Search texts and images in one gallery.
    var galleryBefore = new MixedGallery(ml, raw);
    var galleryAfter = new MixedGallery(ml, closed);
    if (data.Queries.Count > 0)
    {
        var queries = ml.Data.LoadFromEnumerable(data.Queries);
        Tables.WriteMixedSearch(galleryBefore.Measure(encoders.Transform(queries)), galleryAfter.Measure(reloaded.Transform(queries)));
    }

    // 6. Answer a query, one row at a time, with the reloaded model.
    var engine = ml.Model.CreatePredictionEngine<Pair, TextEmbedding>(reloaded);
    var uncorrected = ml.Model.CreatePredictionEngine<Pair, TextEmbedding>(encoders);
    foreach (var text in AskForQueries(typedQuery, data.ExampleQuery))
    {
        var row = new Pair { Caption = text };
        Tables.WriteAnswers(text, data.HeldOut, galleryBefore.Search(uncorrected.Predict(row).Text, 5), galleryAfter.Search(engine.Predict(row).Text, 5));
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
