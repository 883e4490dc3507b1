using System.Text.Json.Nodes;

namespace NotebookRunner;

/// <summary>A cell of a notebook.</summary>
/// <param name="json">As it stands in the file.</param>
public sealed class NotebookCell(JsonObject json)
{
    /// <summary>The tag of cells that check what the cells before have shown; readers do not see them.</summary>
    public const string CheckTag = "check";

    private const string PicturePrefix = "picture:";

    /// <summary>Whether the cell is run.</summary>
    public bool IsCode => json["cell_type"]!.GetValue<string>() == "code";

    /// <summary>Whether the cell checks rather than shows.</summary>
    public bool IsCheck => Tags.Contains(CheckTag);

    /// <summary>The name, without extension, of the file that the cell's picture goes into, by its tag <c>picture:NAME</c>; null if it goes nowhere.</summary>
    public string? PictureName => Tags.FirstOrDefault(tag => tag.StartsWith(PicturePrefix, StringComparison.Ordinal))?[PicturePrefix.Length..];

    /// <summary>The first picture that the cell put out, as SVG; null if it put out none.</summary>
    public string? Picture => Outputs.Select(output => output["data"]?["image/svg+xml"]).FirstOrDefault(svg => svg is not null) is { } svg ? Join(svg) : null;

    /// <summary>Whether the cell's source is folded away where the notebook is shown.</summary>
    public bool IsHidden => json["metadata"]?["jupyter"]?["source_hidden"]?.GetValue<bool>() == true;

    private IEnumerable<string> Tags => (json["metadata"]?["tags"] as JsonArray ?? []).Select(tag => tag!.GetValue<string>());

    /// <summary>The code or text.</summary>
    public string Source => Join(json["source"]!);

    /// <summary>What the cell put out when it was last run and stored.</summary>
    public IReadOnlyList<JsonObject> Outputs => [.. (json["outputs"] as JsonArray ?? []).Select(output => output!.AsObject())];

    /// <summary>Replaces what the cell put out.</summary>
    public void SetOutputs(int executionCount, IEnumerable<JsonObject> outputs)
    {
        json["execution_count"] = executionCount;
        json["outputs"] = new JsonArray([.. outputs.Select(output => output.DeepClone())]);
    }

    /// <summary>The kinds of an output, for comparison: what it is, and in which formats.</summary>
    public static string DescribeKind(JsonObject output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var type = output["output_type"]!.GetValue<string>();
        return output["data"] is JsonObject data ? $"{type}: {string.Join(", ", data.Select(entry => entry.Key).Order(StringComparer.Ordinal))}" : type;
    }

    /// <summary>Text that the format stores as one string or as a list of lines.</summary>
    public static string Join(JsonNode text) => text is JsonArray lines ? string.Concat(lines.Select(line => line!.GetValue<string>())) : text.GetValue<string>();

    /// <summary>Text as a list of lines, each with its line break, as the format likes it.</summary>
    public static JsonArray Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }

        return lines;
    }
}
