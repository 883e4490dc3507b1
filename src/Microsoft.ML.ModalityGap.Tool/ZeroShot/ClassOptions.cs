using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary>Which classes there are, and where their embeddings come from: a text encoder, or a file.</summary>
internal sealed class ClassOptions
{
    private readonly Option<string> _classes = new("--classes") { Description = "The class names: a UTF-8 file with one in each line.", HelpName = "file" };

    private readonly Option<string[]> _class = new("--class") { Description = "Instead, a class name; repeat it for each.", HelpName = "name" };

    private readonly Option<string> _model = new("--model") { Description = "Encode the names with the text encoder of this model folder, as 'embed --texts' does.", HelpName = "folder" };

    private readonly Option<string> _templates = new("--templates")
    {
        Description = "With --model: the sentences to put names in: name, photo, compact (the default, 8), photographs (80), or a file with one in each line, such as 'a photo of a {}.'",
        HelpName = TemplateChoices.HelpName,
    };

    private readonly Option<string> _embeddings = new("--class-embeddings") { Description = "Instead of --model: a .npy file of shape (C, D), row i the embedding of class i.", HelpName = "file" };

    private readonly EncoderOptions _encoder = new(hasImages: false);

    internal void AddTo(Command command)
    {
        command.Options.Add(_classes);
        command.Options.Add(_class);
        command.Options.Add(_model);
        _encoder.AddTo(command);
        command.Options.Add(_templates);
        command.Options.Add(_embeddings);
    }

    /// <summary>The files that are read.</summary>
    internal IEnumerable<string> GetPaths(ParseResult result) => new[] { result.GetValue(_classes), result.GetValue(_embeddings) }.OfType<string>();

    /// <summary>Reads or encodes the classes.</summary>
    internal ZeroShotClasses Open(Session session, ParseResult result)
    {
        var names = ReadNames(result);
        var (model, embeddings) = (result.GetValue(_model), result.GetValue(_embeddings));
        var choices = _encoder.Get(result, encodesImages: false, encodesTexts: embeddings is null);
        if (model is null == embeddings is null)
            throw new UsageException("Give either --model, whose text encoder makes the classes' embeddings, or --class-embeddings, a file of them.");
        if (embeddings is not null)
        {
            return result.GetValue(_templates) is null
                ? new ZeroShotClasses(names, ReadEmbeddings(session.ML, embeddings, names.Count))
                : throw new UsageException("--templates goes with --model; the embeddings of a file are made.");
        }

        var templates = TemplateChoices.Read(result.GetValue(_templates));
        var options = new EmbedClipTextOptions { Encoder = choices.Apply(new EncodeWithOnnxOptions { EmbedModel = false }, isImages: false), Tokenizer = choices.Tokenizer };
        var encoder = session.ML.ModalityGap().CreatePromptEncoder(session.ML.Transforms.EmbedClipText("Text", "Prompt", model!, options));
        return session.Track("Encoding the classes", total: null, _ => ZeroShotClasses.FromPrompts(names, templates, encoder));
    }

    private List<string> ReadNames(ParseResult result)
    {
        var (file, names) = (result.GetValue(_classes), result.GetValue(_class) ?? []);
        if (file is null == (names.Length == 0))
            throw new UsageException("Give the classes: --classes, a file with one in each line, or --class for each.");
        return file is null ? [.. names] : [.. TextLines.Read(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
    }

    private static float[][] ReadEmbeddings(MLContext ml, string path, int count)
    {
        if (InputFiles.ReadShape(path) is not [var rows, _] || rows != count)
            throw new InvalidDataException($"'{path}' has the shape ({string.Join(", ", InputFiles.ReadShape(path))}), but there are {count} classes; (C, D) is expected, a row for each.");
        return [.. ml.Data.CreateEnumerable<EmbeddingRow>(InputFiles.Load(ml, path, nameof(EmbeddingRow.Embedding)), reuseRowObject: false).Select(row => row.Embedding)];
    }
}
