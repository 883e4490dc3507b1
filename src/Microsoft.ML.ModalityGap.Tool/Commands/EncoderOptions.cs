using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--text-cleaning</c>, <c>--image-output</c> and <c>--text-output</c> of the commands with a model folder: the one place that reads them.</summary>
internal sealed class EncoderOptions
{
    private static readonly Choices<ClipTokenizerOptions> _cleanings = new(
        ("clip", ClipTokenizerOptions.Default),
        ("siglip", ClipTokenizerOptions.SigLip),
        ("siglip-openclip", new() { SigLipCleaning = SigLipCleaning.OpenClip }),
        ("siglip-bigvision", new() { SigLipCleaning = SigLipCleaning.BigVision }),
        ("siglip2", ClipTokenizerOptions.SigLip2),
        ("none", ClipTokenizerOptions.NoCleaning));

    private readonly bool _hasImages;

    private readonly Option<string> _cleaning = new Option<string>("--text-cleaning")
    {
        Description = "How texts are cleaned before they are tokenised: as CLIP's reference, as transformers, OpenCLIP or big_vision does it for SigLIP, as transformers for SigLIP 2, or not at all. Default: as the folder's tokenizer wants it.",
        HelpName = _cleanings.HelpName,
    }.Completing(_cleanings.Names);

    private readonly Option<string> _imageOutput = new("--image-output") { Description = "The output of the image encoder to take, where it has several, such as l2norm_image_embeddings of jina-clip.", HelpName = "name" };

    private readonly Option<string> _textOutput = new("--text-output") { Description = "The same of the text encoder, such as l2norm_text_embeddings.", HelpName = "name" };

    /// <param name="hasImages">Whether the command encodes images, too.</param>
    internal EncoderOptions(bool hasImages = true) => _hasImages = hasImages;

    internal void AddTo(Command command)
    {
        command.Options.Add(_cleaning);
        if (_hasImages)
            command.Options.Add(_imageOutput);
        command.Options.Add(_textOutput);
    }

    /// <summary>What is chosen.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="encodesImages">Whether images are encoded in this run.</param>
    /// <param name="encodesTexts">Whether texts are.</param>
    /// <exception cref="UsageException">There is no such cleaning, or an option says something of what is not encoded.</exception>
    internal EncoderChoices Get(ParseResult result, bool encodesImages, bool encodesTexts)
    {
        var (cleaning, imageOutput, textOutput) = (result.GetValue(_cleaning), _hasImages ? result.GetValue(_imageOutput) : null, result.GetValue(_textOutput));
        if (!encodesImages && imageOutput is not null)
            throw new UsageException($"{_imageOutput.Name} says something of images, but none are encoded.");
        if (!encodesTexts && (cleaning ?? textOutput) is not null)
            throw new UsageException($"{(cleaning is not null ? _cleaning : _textOutput).Name} says something of texts, but none are encoded.");
        return new EncoderChoices(cleaning is null ? null : _cleanings.Find(cleaning, _cleaning.Name), imageOutput, textOutput);
    }
}
