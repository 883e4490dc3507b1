using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Reads a model folder as the commands do, runs pictures and texts through it, and says what it understood.</summary>
internal sealed class ModelExaminer
{
    private const string Input = "Input", Embedding = "Embedding";
    private const string Images = "images", Texts = "texts";
    private const string OtherText = "two red buses on a bridge";

    // Closer than this, two different things are the same to the encoder.
    private const float SameCosine = 0.99999f;

    private static readonly EncodeWithOnnxOptions _encoder = new() { EmbedModel = false, BatchSize = 1 };

    private readonly MLContext _ml;
    private readonly string _folder;
    private readonly EncoderChoices _choices;
    private readonly ModelExamination _examination;

    private ModelExaminer(MLContext ml, string folder, EncoderChoices choices) => (_ml, _folder, _choices, _examination) = (ml, folder, choices, new ModelExamination(folder));

    /// <summary>Examines a folder.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="image">A picture to try; <see langword="null"/> for one that is made up.</param>
    /// <param name="text">A text to try.</param>
    /// <param name="choices">What is said of the encoders beyond what the files say.</param>
    /// <exception cref="FileNotFoundException">The folder holds no encoder at all.</exception>
    internal static ModelExamination Examine(MLContext ml, string folder, byte[]? image, string text, EncoderChoices choices)
    {
        var examiner = new ModelExaminer(ml, folder, choices);
        var images = examiner.Try(Images, () => examiner.ExamineImages(image ?? TestPicture.Create(isInverted: false)), () => ClipModelFolder.FindImageEncoder(folder, _encoder).Path);
        var texts = examiner.Try(Texts, () => examiner.ExamineTexts(text), () => ClipModelFolder.FindTextEncoder(folder, _encoder).Path);
        var examination = examiner._examination;
        if (images is { } width && texts is { } length && width != length)
            examination.Warnings.Add($"the image encoder makes {width} dimensions and the text encoder {length}: they do not share a space, so they are of different models, or one lacks its projection");
        if (examination.Findings.All(finding => finding.File is null) && examination.Problems.Count == 0)
            ClipModelFolder.FindImageEncoder(folder, _encoder); // says what is missing
        return examination;
    }

    /// <summary>Examines a tower: what goes wrong in it is a problem of its own, and no reason not to look at the other.</summary>
    private int? Try(string part, Func<int> examine, Func<string> find)
    {
        string encoder;
        try
        {
            encoder = find();
        }
        catch (FileNotFoundException)
        {
            _examination.Add(part, "encoder", "none");
            return null;
        }

        try
        {
            _examination.Add(part, "encoder", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(encoder).Length:N0} bytes"), encoder);
            return examine();
        }
        catch (Exception exception) when (ErrorReport.Unwrap(exception) is InvalidDataException or InvalidOperationException or IOException or ArgumentException)
        {
            _examination.Problems.Add($"{part}: {ErrorReport.GetMessage(ErrorReport.Unwrap(exception))}");
            return null;
        }
    }

    private int ExamineImages(byte[] picture)
    {
        var path = ClipModelFolder.FindImageEncoder(_folder, _encoder).Path;
        var stated = ClipModelFolder.ReadPreprocessing(_folder);
        var estimator = _ml.Transforms.EmbedClipImages(Embedding, Input, _folder, new EmbedClipImagesOptions { Encoder = _choices.Apply(_encoder, isImages: true) });
        var signature = estimator.Encoder.GetSignature();
        AddSignature(Images, path, signature);
        var preprocessing = FollowEncoder(stated, signature);
        var config = ClipModelFolder.FindPreprocessing(_folder)!;
        _examination.Add(Images, "resize", DescribeResize(preprocessing), config);
        _examination.Add(Images, "pixels", DescribePixels(preprocessing), config);
        if ((preprocessing.Width, preprocessing.Height) != (stated.Width, stated.Height))
        {
            _examination.Warnings.Add(
                $"'{Path.GetFileName(config)}' speaks of {stated.Width} × {stated.Height} pixels, but the encoder takes {preprocessing.Width} × {preprocessing.Height}, which are made: is it of this model?");
        }

        if (!PixelPresets.IsKnown(preprocessing))
            _examination.Warnings.Add($"mean and deviation are none of the usual ones ({PixelPresets.Names}): see that '{Path.GetFileName(config)}' is the model's own");

        byte[][] pictures = [picture, TestPicture.Create(isInverted: true)];
        var definition = SchemaDefinition.Create(typeof(PictureRow));
        definition[nameof(PictureRow.Content)].ColumnName = Input;
        return Run(Images, estimator, _ml.Data.LoadFromEnumerable(pictures.Select(content => new PictureRow { Content = content }).ToArray(), definition), "pictures");
    }

    private int ExamineTexts(string text)
    {
        var path = ClipModelFolder.FindTextEncoder(_folder, _encoder).Path;
        var tokenizer = ClipTokenizer.FromFolder(_folder, _choices.Tokenizer);
        var estimator = _ml.Transforms.EmbedClipText(Embedding, Input, _folder, new EmbedClipTextOptions { Encoder = _choices.Apply(_encoder, isImages: false), Tokenizer = _choices.Tokenizer });
        var signature = estimator.Encoder.GetSignature();
        AddSignature(Texts, path, signature);
        var files = TokenizerFiles.Find(_folder);
        _examination.Add(Texts, "tokenizer", string.Create(CultureInfo.InvariantCulture, $"{tokenizer.VocabularySize:N0} tokens, {DescribeTokens(tokenizer)}"), files[0]);
        foreach (var other in files.Skip(1))
            _examination.Add(Texts, "tokenizer", "read, too", other);
        if (signature.Inputs.Select(input => input.Dimensions).FirstOrDefault(dimensions => dimensions is [_, > 0]) is [_, var length])
            _examination.Add(Texts, "context length", $"{length}, fixed by the encoder", path);
        else
            _examination.Add(Texts, "context length", $"{tokenizer.ContextLength}, by the tokenizer; the encoder takes any", files[0]);
        _examination.Add(Texts, "cleaning", DescribeOptions(tokenizer.Options), files[0]);
        _examination.Add(Texts, "ids of the text", string.Join(' ', tokenizer.Encode(text).Take(12)) + (tokenizer.Encode(text).Length > 12 ? " …" : ""));
        return Run(Texts, estimator, _ml.Data.LoadFromEnumerable([new TextRow { Input = text }, new TextRow { Input = text == OtherText ? "a photo of a cat" : OtherText }]), "texts");
    }

    private void AddSignature(string part, string path, OnnxEncoderSignature signature)
    {
        foreach (var input in signature.Inputs)
            _examination.Add(part, "input", input.ToString(), path);
        _examination.Add(part, "output", signature.Output.ToString(), path);
        if (signature.FixedBatchSize is { } batch)
            _examination.Add(part, "batch", $"{batch}, fixed", path);
    }

    private int Run(string part, IEstimator<TransformerChain<ITransformer>> estimator, IDataView data, string what)
    {
        using var model = estimator.Fit(data);
        var clock = Stopwatch.StartNew();
        float[][] rows = [.. model.Transform(data).GetColumn<float[]>(Embedding)];
        clock.Stop();
        var norm = TensorPrimitives.Norm<float>(rows[0]);
        _examination.Add(part, "embedding", string.Create(CultureInfo.InvariantCulture, $"{rows[0].Length} dimensions, length {norm:G4}"));
        _examination.Add(part, "time", string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalMilliseconds / rows.Length:F1} ms each, one by one, the first run included"));
        if (rows.Any(row => RowKernels.IndexOfNotFinite(row) >= 0))
            _examination.Warnings.Add($"the encoder of {part} makes NaN or infinity; float16 weights may overflow");
        else if (rows.Any(row => TensorPrimitives.Norm<float>(row) == 0))
            _examination.Warnings.Add($"the encoder of {part} makes a vector of zeros");
        else if (TensorPrimitives.CosineSimilarity<float>(rows[0], rows[1]) is var cosine && cosine >= SameCosine)
            _examination.Warnings.Add(string.Create(CultureInfo.InvariantCulture, $"two different {what} have nearly the same embedding (cosine {cosine:F6}): the encoder seems not to look at its input"));
        return rows[0].Length;
    }

    private static ClipImagePreprocessing FollowEncoder(ClipImagePreprocessing stated, OnnxEncoderSignature signature) =>
        signature.Inputs is [var pixels] && stated.FollowInput(pixels.Dimensions) is { } followed ? followed : stated;

    private static string DescribeResize(ClipImagePreprocessing preprocessing)
    {
        var (size, crop) = (preprocessing.Size, $"{preprocessing.Width} × {preprocessing.Height}");
        var filter = preprocessing.Resampling.ToString().ToLowerInvariant();
        return preprocessing.ResizeMode switch
        {
            ClipResizeMode.ShortestEdge => $"shortest edge to {size}, {filter}; centre crop {crop}",
            ClipResizeMode.LongestEdge => $"longest edge to {size}, {filter}; padded to {crop}",
            ClipResizeMode.Squash => $"squashed to {crop}, {filter}",
            _ => $"none; centre crop {crop}",
        };
    }

    private static string DescribePixels(ClipImagePreprocessing preprocessing) => string.Create(
        CultureInfo.InvariantCulture,
        $"(p · {preprocessing.RescaleFactor:G4} − ({Describe(preprocessing.Mean)})) ÷ ({Describe(preprocessing.StandardDeviation)}){(PixelPresets.Find(preprocessing) is { } name ? $", {name}" : "")}{(preprocessing.ChannelsLast ? ", channels last" : "")}");

    private static string Describe(RgbValues values) => string.Create(CultureInfo.InvariantCulture, $"{values.Red:G4}, {values.Green:G4}, {values.Blue:G4}");

    private static string DescribeTokens(ClipTokenizer tokenizer) =>
        $"{(tokenizer.StartTokenId is { } start ? $"start {start}" : "no start token")}, end {tokenizer.EndTokenId}, padding {tokenizer.PaddingTokenId}";

    /// <summary>The switches of a record as it writes them itself, without those that are not set.</summary>
    private static string DescribeOptions(ClipTokenizerOptions options)
    {
        var text = options.ToString();
        var switches = text[(text.IndexOf('{', StringComparison.Ordinal) + 1)..text.LastIndexOf('}')].Split(',', StringSplitOptions.TrimEntries);
        return string.Join(", ", switches.Where(each => !each.EndsWith('=') && !each.StartsWith(nameof(ClipTokenizerOptions.ContextLength), StringComparison.Ordinal)));
    }

    private sealed class PictureRow
    {
        public byte[] Content { get; set; } = [];
    }

    private sealed class TextRow
    {
        public string Input { get; set; } = "";
    }
}
