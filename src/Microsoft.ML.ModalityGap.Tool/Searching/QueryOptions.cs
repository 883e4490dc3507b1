using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary>What is searched for: rows of a file, or texts and images as they are typed, which a model folder encodes. The one place that reads these options.</summary>
internal sealed class QueryOptions
{
    private readonly Option<string> _queries = new("--queries") { Description = "The queries: a .npy file of shape (N, D). Without any query the index is only made and saved.", HelpName = "file" };

    private readonly Option<string[]> _text = new("--text") { Description = "Instead, a text to search for; repeat it for more. Needs --model.", HelpName = "text" };

    private readonly Option<string[]> _image = new("--image") { Description = "Instead, an image to search for; repeat it for more. Needs --model.", HelpName = "file" };

    private readonly Option<string> _model = new("--model") { Description = "The model folder that encodes --text or --image, as 'embed' does: the one the gallery was made with.", HelpName = "folder" };

    private readonly Option<bool> _exif = new("--exif") { Description = "With --image: turn and mirror photographs as their EXIF orientation says." };

    private readonly EncoderOptions _encoder = new();

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_queries, _text, _image, _model, _exif])
            command.Options.Add(option);
        _encoder.AddTo(command);
    }

    /// <summary>Whether anything is searched for.</summary>
    /// <exception cref="UsageException">Options do not go together.</exception>
    internal bool AreGiven(ParseResult result)
    {
        var (texts, images) = (GetTexts(result).Length > 0, GetImages(result).Length > 0);
        if (new[] { result.GetValue(_queries) is not null, texts, images }.Count(isGiven => isGiven) > 1)
            throw new UsageException("Give one kind of query: --queries, a file of embeddings, or --text, or --image.");
        if ((texts || images) != result.GetValue(_model) is not null)
            throw new UsageException(texts || images ? "--text and --image are encoded by a model; name its folder with --model." : "--model encodes --text or --image; give one of them.");
        if (result.GetValue(_exif) && !images)
            throw new UsageException("--exif goes with --image.");
        _encoder.Get(result, images, texts);
        return texts || images || result.GetValue(_queries) is not null;
    }

    /// <summary>The file of queries; <see langword="null"/> where they are typed.</summary>
    internal string? GetPath(ParseResult result) => result.GetValue(_queries);

    /// <summary>The files that are read.</summary>
    internal IEnumerable<string> GetPaths(ParseResult result) => result.GetValue(_queries) is { } path ? [path] : GetImages(result);

    /// <summary>Which modality typed queries have, where nobody says so.</summary>
    internal string? GetModality(ParseResult result) => GetTexts(result).Length > 0 ? "text" : GetImages(result).Length > 0 ? "image" : null;

    /// <summary>What the queries are, where that is known.</summary>
    internal IReadOnlyList<string>? FindItems(ParseResult result, long count) => result.GetValue(_queries) is { } path ? TextLines.FindItems(path, count)
        : GetTexts(result) is { Length: > 0 } texts ? texts
        : GetImages(result);

    /// <summary>Opens the queries as a column of a name, encoding those that are typed.</summary>
    internal ModalityInput Open(Session session, ParseResult result, string name)
    {
        if (result.GetValue(_queries) is { } path)
            return OpenFile(session.ML, name, path);
        var texts = GetTexts(result);
        var items = texts.Length > 0
            ? EmbeddingItems.FromTexts(texts)
            : new EmbeddingItems(IsImages: true, _image.Name, Directory.GetCurrentDirectory(), GetImages(result)) { AppliesExif = result.GetValue(_exif) };
        return new ModalityInput([name], [items.Origin], Encode(session, items, name, result.GetRequiredValue(_model), _encoder.Get(result, items.IsImages, !items.IsImages)));
    }

    /// <summary>A .npy file of one modality.</summary>
    internal static ModalityInput OpenFile(MLContext ml, string name, string path) => InputFiles.ReadShape(path) is { Count: 3 } shape
        ? throw new InvalidDataException($"'{path}' has the shape ({string.Join(", ", shape)}): {shape[0]} modalities in one file, but one of shape (N, D) is expected.")
        : new ModalityInput([name], [path], InputFiles.Load(ml, path, name));

    private static IDataView Encode(Session session, EmbeddingItems items, string name, string folder, EncoderChoices choices)
    {
        var rows = session.Track($"Encoding {items.Kind}", items.Items.Count, counter =>
        {
            var options = new EncodeWithOnnxOptions { EmbedModel = false, BatchSize = Math.Min(items.Items.Count, EncodeWithOnnxOptions.Default.BatchSize) };
            session.IgnoresLog = true; // an image that cannot be used is an error here
            using var encoder = ItemEncoder.Open(session.ML, items, folder, options, choices);
            var encoded = new List<EmbeddingRow>();
            encoder.Encode(
                start: 0,
                (item, embedding) =>
                {
                    if (embedding.IsEmpty)
                        throw new InvalidDataException($"{encoder.Explain(item)}.");
                    encoded.Add(new EmbeddingRow { Embedding = embedding.ToArray() });
                    counter.Add(1);
                },
                session.CancellationToken);
            session.IgnoresLog = false;
            return encoded;
        });
        return EmbeddingRow.CreateView(session.ML, rows, name);
    }

    private string[] GetTexts(ParseResult result) => result.GetValue(_text) ?? [];

    private string[] GetImages(ParseResult result) => result.GetValue(_image) ?? [];
}
