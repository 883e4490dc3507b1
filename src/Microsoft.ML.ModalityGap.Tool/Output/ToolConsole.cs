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
    private string[] _pipes = [];

    internal ToolConsole(TextWriter output, TextWriter error, bool outIsTerminal, bool errorIsTerminal)
    {
        Out = output;
        Error = error;
        _outIsTerminal = outIsTerminal;
        _errorIsTerminal = errorIsTerminal;
    }

    /// <summary>The same without progress bars.</summary>
    internal ToolConsole WithoutProgress() => Copy(Out, errorIsTerminal: false);

    /// <summary>The same for a run with files in place of <c>-</c>.</summary>
    /// <param name="input">Where what was piped in lies, or <see langword="null"/>.</param>
    /// <param name="output">Where what is piped out will lie; then nothing else is printed to standard output.</param>
    internal ToolConsole ForPipes(string? input, string? output)
    {
        var console = Copy(output is null ? Out : TextWriter.Null, _errorIsTerminal);
        console._pipes = [.. new[] { input, output }.OfType<string>()];
        return console;
    }

    /// <summary>Whether the result goes to standard output, and so is gone when the run is over.</summary>
    internal bool IsPipedOut => Out == TextWriter.Null;

    internal bool OutIsTerminal => _outIsTerminal;

    /// <summary>The folder the run is in, where <c>modality-gap.json</c> may lie.</summary>
    internal string Folder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Opens standard input.</summary>
    internal Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Opens standard output for bytes.</summary>
    internal Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

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
        Out.WriteLine(Rename(json.ToJsonString(_jsonOptions)));
    }

    internal void WriteTables(IReadOnlyList<TextTable> tables)
    {
        for (var i = 0; i < tables.Count; i++)
        {
            var table = _pipes.Length == 0 ? tables[i] : tables[i] with { Title = Rename(tables[i].Title), Note = tables[i].Note is { } note ? Rename(note) : null };
            if (i > 0)
                Out.WriteLine();
            if (_outIsTerminal)
                TerminalTables.Write(CreateAnsiConsole(Out), table);
            else
                PlainTables.Write(Out, table);
        }
    }

    /// <summary>Runs a task under a progress bar where errors go to a terminal, and without a word elsewhere.</summary>
    /// <param name="task">What is done.</param>
    /// <param name="total">How many rows it reads; <see langword="null"/> where that says nothing of how far it is.</param>
    /// <param name="counter">Counts the rows it reads.</param>
    /// <param name="work">Does it.</param>
    internal TResult Track<TResult>(string task, long? total, RowCounter counter, Func<RowCounter, TResult> work) =>
        _errorIsTerminal ? ProgressBar.Run(CreateAnsiConsole(Error), task, total, counter, work) : work(counter);

    /// <summary>Calls files that stand for standard streams by what was typed.</summary>
    internal string Rename(string text)
    {
        foreach (var path in _pipes)
            text = text.Replace(path, StandardStreams.Name, StringComparison.Ordinal).Replace(path.Replace("\\", "\\\\", StringComparison.Ordinal), StandardStreams.Name, StringComparison.Ordinal);
        return text;
    }

    private ToolConsole Copy(TextWriter output, bool errorIsTerminal) =>
        new(output, Error, _outIsTerminal, errorIsTerminal) { ObserveRows = ObserveRows, Folder = Folder, OpenInput = OpenInput, OpenOutput = OpenOutput, _pipes = _pipes };

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
