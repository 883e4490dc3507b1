using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Where a run prints: results to one writer, errors and progress to the other, each dressed up only for a terminal.</summary>
internal sealed class ToolConsole
{
    private static readonly JsonSerializerOptions _jsonOptions = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly bool _outIsTerminal;
    private readonly bool _errorIsTerminal;

    internal ToolConsole(TextWriter output, TextWriter error, bool outIsTerminal, bool errorIsTerminal)
    {
        Out = output;
        Error = error;
        _outIsTerminal = outIsTerminal;
        _errorIsTerminal = errorIsTerminal;
    }

    /// <summary>The same without progress bars.</summary>
    internal ToolConsole WithoutProgress() => new(Out, Error, _outIsTerminal, errorIsTerminal: false) { ObserveRows = ObserveRows };

    /// <summary>How many characters a line may have: the terminal's, or 100 elsewhere.</summary>
    internal int Width => _outIsTerminal ? CreateAnsiConsole(Out).Profile.Width : 100;

    internal TextWriter Out { get; }

    internal TextWriter Error { get; }

    /// <summary>Is told how many rows of the task at hand were read so far. A test stops a run in its midst with it.</summary>
    internal Action<long>? ObserveRows { get; init; }

    internal static ToolConsole ForProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);

    /// <summary>Writes an object. JSON knows no infinity and no NaN; in their place stands null.</summary>
    internal void WriteJson(JsonObject json)
    {
        ClearNonFinite(json);
        Out.WriteLine(json.ToJsonString(_jsonOptions));
    }

    internal void WriteTables(IReadOnlyList<TextTable> tables)
    {
        for (var i = 0; i < tables.Count; i++)
        {
            if (i > 0)
                Out.WriteLine();
            if (_outIsTerminal)
                TerminalTables.Write(CreateAnsiConsole(Out), tables[i]);
            else
                PlainTables.Write(Out, tables[i]);
        }
    }

    /// <summary>Runs a task under a progress bar where errors go to a terminal, and without a word elsewhere.</summary>
    /// <param name="task">What is done.</param>
    /// <param name="total">How many rows it reads; <see langword="null"/> where that says nothing of how far it is.</param>
    /// <param name="counter">Counts the rows it reads.</param>
    /// <param name="work">Does it.</param>
    internal TResult Track<TResult>(string task, long? total, RowCounter counter, Func<RowCounter, TResult> work) =>
        _errorIsTerminal ? ProgressBar.Run(CreateAnsiConsole(Error), task, total, counter, work) : work(counter);

    private static void ClearNonFinite(JsonNode? node)
    {
        static bool IsNonFinite(JsonNode? value) =>
            value is JsonValue number && ((number.TryGetValue(out double wide) && !double.IsFinite(wide)) || (number.TryGetValue(out float narrow) && !float.IsFinite(narrow)));
        if (node is JsonObject json)
        {
            foreach (var key in json.Where(entry => IsNonFinite(entry.Value)).Select(entry => entry.Key).ToArray())
                json[key] = null;
            foreach (var (_, value) in json)
                ClearNonFinite(value);
        }
        else if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (IsNonFinite(array[i]))
                    array[i] = null;
                else
                    ClearNonFinite(array[i]);
            }
        }
    }

    private static IAnsiConsole CreateAnsiConsole(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}
