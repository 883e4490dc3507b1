using System.Text;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>modality-gap.json</c> in the current folder: files that most commands are given, so that they need not be repeated. Its paths are relative to its folder.</summary>
internal sealed class ConfigFile
{
    internal const string Name = "modality-gap.json";

    private static readonly string[] _keys = ["modalities", "pair", "names", "model", "map"];

    private readonly string _folder;
    private readonly string _path;
    private readonly List<(string Key, string Option, string Value)> _entries = [];

    private ConfigFile(string folder, string path) => (_folder, _path) = (folder, path);

    /// <summary>Reads the file of a folder; <see langword="null"/> where it has none.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object, has a key that is not known, or a value of another kind.</exception>
    internal static ConfigFile? Find(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return null;
        var file = new ConfigFile(folder, folder == Directory.GetCurrentDirectory() ? Name : path);
        JsonDocument document;
        try
        {
            var text = InputFile.ReadAllText(path);
            JsonFile.CheckTexts(Encoding.UTF8.GetBytes(text));
            document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{file._path}' is no JSON: line {exception.LineNumber + 1}, character {exception.BytePositionInLine + 1}.", exception);
        }

        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"'{file._path}' holds what is no valid text: {exception.Message}", exception);
        }

        using (document)
            file.Read(document.RootElement);
        return file;
    }

    /// <summary>What the file says for some options, in the order of its keys.</summary>
    /// <param name="option">The name of an option.</param>
    /// <exception cref="InvalidDataException">It names what does not exist.</exception>
    internal IEnumerable<string> GetValues(string option)
    {
        foreach (var (key, name, value) in _entries)
        {
            if (name != option)
                continue;
            var path = name == "--modality" ? value[(value.IndexOf('=', StringComparison.Ordinal) + 1)..] : value;
            if (name != "--names" && !Path.Exists(path))
                throw new InvalidDataException($"'{_path}', key \"{key}\": '{path}' does not exist.");
            yield return value;
        }
    }

    /// <summary>How the file is called in messages.</summary>
    public override string ToString() => _path;

    private void Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"'{_path}' holds {Describe(root)}; an object is expected, such as {{ \"modalities\": {{ \"image\": \"img.npy\", \"text\": \"txt.npy\" }}, \"map\": \"map.zip\" }}.");
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "modalities":
                    if (property.Value.ValueKind != JsonValueKind.Object)
                        throw Expected(property.Name, "an object of names and files", property.Value);
                    foreach (var modality in property.Value.EnumerateObject())
                        _entries.Add(($"modalities.{modality.Name}", "--modality", $"{modality.Name}={ReadPath($"modalities.{modality.Name}", modality.Value)}"));
                    break;
                case "pair":
                case "model":
                case "map":
                    _entries.Add((property.Name, $"--{property.Name}", ReadPath(property.Name, property.Value)));
                    break;
                case "names":
                    _entries.Add((property.Name, "--names", ReadText(property.Name, property.Value)));
                    break;
                default:
                    throw new InvalidDataException($"'{_path}', key \"{property.Name}\": there is no such key. There is {string.Join(", ", _keys)}.{Suggestion.Describe(property.Name, _keys)}");
            }
        }

        if (_entries.Any(entry => entry.Option == "--modality") && _entries.Any(entry => entry.Option == "--pair"))
            throw new InvalidDataException($"'{_path}', key \"pair\": it stands beside \"modalities\"; give one of them.");
    }

    private string ReadPath(string key, JsonElement value)
    {
        var text = ReadText(key, value);
        return _path == Name ? text : Path.Combine(_folder, text);
    }

    private string ReadText(string key, JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : throw Expected(key, "a text", value);

    private InvalidDataException Expected(string key, string what, JsonElement found) => new($"'{_path}', key \"{key}\": {what} is expected, but it is {Describe(found)}.");

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "an empty text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
