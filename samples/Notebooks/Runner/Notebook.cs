using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NotebookRunner;

/// <summary>An .ipynb file, of which only what is changed is changed.</summary>
public sealed class Notebook
{
    // As Jupyter writes them: one space to indent, letters as they are.
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        IndentCharacter = ' ',
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject _json;

    private Notebook(string path, JsonObject json)
    {
        Path = path;
        _json = json;
        Cells = [.. json["cells"]!.AsArray().Select(cell => new NotebookCell(cell!.AsObject()))];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is no notebook of format 4.</exception>
    public static Notebook Read(string path)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            return json["nbformat"]?.GetValue<int>() == 4 && json["cells"] is JsonArray
                ? new Notebook(path, json)
                : throw new InvalidDataException($"'{path}' is no notebook of format 4.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is no notebook: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the notebook back, beside the file first, so that a failure leaves the old one.</summary>
    public void Save()
    {
        var temporary = $"{Path}.tmp";
        File.WriteAllText(temporary, _json.ToJsonString(_options) + "\n");
        File.Move(temporary, Path, overwrite: true);
    }
}
