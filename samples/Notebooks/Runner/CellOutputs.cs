using System.Text;
using System.Text.Json.Nodes;

namespace NotebookRunner;

/// <summary>What a running cell puts out, in order and in the file's form: what it prints, what it displays, and its value.</summary>
public sealed class CellOutputs
{
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _outputs = [];

    // What is printed comes in pieces; one output holds all that is printed in a row.
    private readonly StringBuilder _printed = new();
    private string _stream = "";

    /// <summary>Adds printed text.</summary>
    /// <param name="stream"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="text">A piece of text.</param>
    public void Print(string stream, string text)
    {
        lock (_gate)
        {
            if (stream != _stream)
                EndPrinted();
            _stream = stream;
            _printed.Append(text);
        }
    }

    /// <summary>Adds a value that the cell displays while it runs.</summary>
    public void Display(object value) => Add(new JsonObject { ["data"] = CreateData(value), ["metadata"] = new JsonObject(), ["output_type"] = "display_data" });

    /// <summary>Adds the value of the cell's last expression.</summary>
    public void Return(object value, int executionCount) => Add(new JsonObject
    {
        ["data"] = CreateData(value), ["execution_count"] = executionCount, ["metadata"] = new JsonObject(), ["output_type"] = "execute_result",
    });

    /// <summary>Takes what has been put out, so that the next cell begins with nothing.</summary>
    public IReadOnlyList<JsonObject> Take()
    {
        lock (_gate)
        {
            EndPrinted();
            JsonObject[] taken = [.. _outputs];
            _outputs.Clear();
            return taken;
        }
    }

    private void Add(JsonObject output)
    {
        lock (_gate)
        {
            EndPrinted();
            _outputs.Add(output);
        }
    }

    private void EndPrinted()
    {
        if (_printed.Length > 0)
            _outputs.Add(new JsonObject { ["name"] = _stream, ["output_type"] = "stream", ["text"] = NotebookCell.Split(_printed.ToString().ReplaceLineEndings("\n")) });
        _printed.Clear();
    }

    private static JsonObject CreateData(object value) =>
        new(ValueFormatter.Format(value).Select(shown => KeyValuePair.Create<string, JsonNode?>(shown.MimeType, NotebookCell.Split(shown.Text.ReplaceLineEndings("\n")))));
}
