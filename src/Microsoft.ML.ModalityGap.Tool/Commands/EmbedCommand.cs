using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>embed</c>: makes a file of embeddings of images or texts with the encoder of a model folder; goes on where it was interrupted.</summary>
internal sealed class EmbedCommand : CommandBase
{
    // One line each, up to here.
    private const int MaximumWarnings = 20;

    private readonly Option<string> _model = new("--model")
    {
        Description = "The model: a folder with vision_model.onnx, text_model.onnx or model.onnx (there or in its subfolder onnx), preprocessor_config.json (or processor_config.json, or open_clip_config.json) and the tokenizer's files.",
        HelpName = "folder",
        Required = true,
    };

    private readonly Option<string> _images = new("--images")
    {
        Description = "The images: a folder (its PNG, JPEG, WebP, BMP and GIF files, sorted by path), or a text file with a path in each line, relative to that file.",
        HelpName = "folder|file",
    };

    private readonly Option<bool> _recursive = new("--recursive") { Description = "With a folder of images: look into its subfolders, too." };

    private readonly Option<string> _texts = new("--texts") { Description = "The texts: a UTF-8 file with one in each line; an empty line is an empty text.", HelpName = "file" };

    private readonly Option<string[]> _text = new("--text") { Description = "Instead of a file, a text itself; repeat it for each row.", HelpName = "text" };

    private readonly Option<bool> _exif = new("--exif")
    {
        Description = "With --images: turn and mirror photographs as their EXIF orientation says. Without it they are taken as stored, as CLIP's reference does.",
    };

    private readonly EncoderOptions _encoder = new();

    private readonly Option<int?> _textColumn = new("--text-column")
    {
        Description = "Which column of the --texts file to take where tabs separate several; the first is 1. Without it, the whole line.",
        HelpName = "number",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The file to write, of shape (N, D), not normalised: .npy, .npz, .safetensors, or a table with the items beside their embeddings, .parquet, .arrow or .h5. What its rows are is written beside it: for x.npy, x.items.txt.",
        HelpName = "file",
        Required = true,
    };

    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "The format of the numbers: float16, float32 (the default) or float64.",
        HelpName = "float16|float32|float64",
    };

    private readonly Option<int?> _batchSize = new Option<int?>("--batch-size") { Description = "How many to encode at once. Default 32; a model made for one size has that.", HelpName = "number" }.Within(1);

    private readonly Option<bool> _skipUnusable = new("--skip-unusable")
    {
        Description = "Leave out what cannot be used, such as a broken image, from both files, with a warning; without it that is an error.",
    };

    private readonly Option<int?> _gpuDevice = new Option<int?>("--gpu-device") { Description = "The CUDA device to run on; needs a build with OnnxRuntime=Gpu. Default: the CPU.", HelpName = "number" }.Within(0);

    private readonly Option<bool> _fallbackToCpu = new("--fallback-to-cpu") { Description = "With --gpu-device: run on the CPU, with a warning, when the device cannot be used." };

    private readonly Option<bool> _restart = new("--restart") { Description = "Throw away what an interrupted run has left, and begin anew." };

    internal EmbedCommand(ToolConsole console)
        : base("embed", "Make a file of embeddings of images or texts with a model. After an interruption the same command goes on.", console)
    {
        Options.Add(_model);
        Options.Add(_images);
        Options.Add(_recursive);
        Options.Add(_exif);
        Options.Add(_texts);
        Options.Add(_text);
        Options.Add(_textColumn);
        Options.Add(_out);
        Options.Add(_dtype);
        Options.Add(_batchSize);
        _encoder.AddTo(this);
        Options.Add(_skipUnusable);
        Options.Add(_gpuDevice);
        Options.Add(_fallbackToCpu);
        Options.Add(_restart);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var (target, columnName) = OutputFiles.Split(result.GetRequiredValue(_out));
        var elementType = ElementTypes.Parse(result.GetValue(_dtype) ?? ElementTypes.GetName(NpyElementType.Float32));
        OutputFiles.CheckElementType(target, elementType);
        if (columnName == EmbeddedItem.ItemColumnName)
            throw new UsageException($"'{columnName}' is the column of what was embedded. Name that of the embeddings otherwise.");
        var options = ReadEncoderOptions(result);
        var skips = result.GetValue(_skipUnusable);
        var items = ReadItems(result);
        if (!skips && items.FindUndecodableNames().ToArray() is [var undecodable, ..] names)
        {
            throw new InvalidDataException(
                $"{names.Length} names in '{items.Origin}' are not in UTF-8, such as '{undecodable}', so the files cannot be opened. Rename them (convmv does so), or give --skip-unusable.");
        }

        var choices = _encoder.Get(result, items.IsImages, !items.IsImages);
        var model = new EmbeddingModel(result.GetRequiredValue(_model), items.IsImages, choices);
        OutputFile.Check(session, target, [items.Origin]);
        
        // A run that was cut off at its very end may have written the list already.
        OutputFile.Check(session, EmbeddingOutput.GetItemsPath(target), [items.Origin, target], mayExist: File.Exists(EmbeddingOutput.GetPartialPath(target)));

        using var output = EmbeddingOutput.Open(
            target, items, elementType, () => session.Track("Reading the model", total: null, model.ComputeFingerprint), result.GetValue(_restart));
        if (!skips && output.HasLeftOut)
            throw new UsageException("The interrupted run has left out what could not be used; give --skip-unusable again, or --restart to begin anew.");
        using var encoder = session.Track("Opening the encoder", total: null, _ => ItemEncoder.Open(session.ML, items, model.Folder, options, choices));
        session.CancellationToken.ThrowIfCancellationRequested();
        output.Start(encoder.Dimension, encoder.BatchSize);
        var resumedFrom = output.Done;
        try
        {
            // The library would count unusable images as rows of zeros; here they are no rows.
            session.IgnoresLog = true;
            var task = resumedFrom == 0 ? $"Embedding {items.Kind}" : string.Create(CultureInfo.InvariantCulture, $"Embedding {items.Kind} from {resumedFrom:N0} on");
            session.Track(task, items.Items.Count - resumedFrom, counter =>
            {
                new Embedder(items, encoder, output, elementType, skips).Run(counter, session.CancellationToken);
                return output.Rows;
            });
            output.Complete(session.ML, columnName ?? (items.IsImages ? "image" : "text"));
        }
        catch (Exception exception)
        {
            Suspend(session, output, items, exception);
            throw;
        }

        WarnOfPassedOver(session, items);
        AddWarnings(session, items, output.LeftOut);
        var report = new EmbedReport(target, output.ItemsPath, items, output.Rows, encoder.Dimension, elementType, output.LeftOut, resumedFrom);
        if (result.GetValue(Json))
            session.Console.WriteJson(report.ToJson());
        else
            session.Console.WriteTables([report.ToTable()]);
    }

    private static void Suspend(Session session, EmbeddingOutput output, EmbeddingItems items, Exception exception)
    {
        var isKept = output.Suspend();
        if (session.Console.IsPipedOut)
            return;
        if (isKept)
        {
            ErrorReport.Write(session.Console, string.Create(
                CultureInfo.InvariantCulture, $"{output.Done:N0} of {items.Items.Count:N0} {items.Kind} are done and kept; the same command goes on from there."));
        }
        else if (ErrorReport.Unwrap(exception) is OperationCanceledException)
        {
            ErrorReport.Write(session.Console, $"interrupted before the first batch of {items.Kind} was done; nothing is kept.");
        }
    }

    private static void AddWarnings(Session session, EmbeddingItems items, IReadOnlyList<LeftOutItem> leftOut)
    {
        foreach (var (item, reason) in leftOut.Take(MaximumWarnings))
            session.AddWarning($"item {item} of '{items.Origin}' is left out: {reason}.");
        if (leftOut.Count > MaximumWarnings)
            session.AddWarning(string.Create(CultureInfo.InvariantCulture, $"{leftOut.Count - MaximumWarnings:N0} more are left out; --json lists them all."));
    }

    private static void WarnOfPassedOver(Session session, EmbeddingItems items)
    {
        var foreign = items.PassedOver.Where(entry => ImageNames.IsForeign(entry.Key)).ToArray();
        if (foreign.Length > 0)
        {
            session.AddWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"{foreign.Sum(entry => entry.Value):N0} images in '{items.Origin}' are passed over, because their format cannot be read: {string.Join(", ", foreign.Select(entry => $"{entry.Value} {entry.Key}"))}. Convert them, as to PNG."));
        }
    }

    private EmbeddingItems ReadItems(ParseResult result)
    {
        var (images, file, texts) = (result.GetValue(_images), result.GetValue(_texts), result.GetValue(_text) ?? []);
        if (new[] { images is not null, file is not null, texts.Length > 0 }.Count(isGiven => isGiven) != 1)
            throw new UsageException("Give either --images, a folder or a list of them, or --texts, a file with one in each line, or --text for each.");
        if (result.GetValue(_textColumn) is not null && file is null)
            throw new UsageException("--text-column goes with --texts.");
        if (images is not null)
            return EmbeddingItems.ReadImages(images, result.GetValue(_recursive)) with { AppliesExif = result.GetValue(_exif) };
        if (result.GetValue(_exif))
            throw new UsageException("--exif goes with --images.");
        if (result.GetValue(_recursive))
            throw new UsageException("--recursive goes with a folder of --images.");
        if (file is null)
            return EmbeddingItems.FromTexts(texts);
        return result.GetValue(_textColumn) is < 1 and var column
            ? throw new UsageException($"--text-column counts from 1, but {column} was given.")
            : EmbeddingItems.ReadTexts(file, result.GetValue(_textColumn));
    }

    private EncodeWithOnnxOptions ReadEncoderOptions(ParseResult result)
    {
        var gpu = result.GetValue(_gpuDevice);
        var batchSize = result.GetValue(_batchSize) ?? EncodeWithOnnxOptions.Default.BatchSize;
        if (batchSize < 1)
            throw new UsageException($"--batch-size must be at least 1, but {batchSize} was given.");
        if (gpu is < 0)
            throw new UsageException($"--gpu-device is the number of a device, from 0, but {gpu} was given.");
        if (gpu is null && result.GetValue(_fallbackToCpu))
            throw new UsageException("--fallback-to-cpu goes with --gpu-device.");

        // Nothing is saved, and models with weights in files of their own are welcome.
        return new EncodeWithOnnxOptions { BatchSize = batchSize, EmbedModel = false, GpuDeviceId = gpu, FallbackToCpu = result.GetValue(_fallbackToCpu) };
    }
}
