using System.CommandLine;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>
/// <c>-</c> for a file: what is piped in is laid into a file for the run, as .npy files are mapped into memory and read several times; what goes out is copied when it is whole, so that a failure pipes nothing on.
/// </summary>
internal sealed class StandardStreams : IDisposable
{
    internal const string Name = "-";

    private static readonly HashSet<string> _inputs = ["--in", "--queries", "--texts", "--images", "--classes", "--class-embeddings", "--labels", "--pair", "--modality"];

    /// <summary>The commands that can write to standard output, by what they write.</summary>
    private static readonly Dictionary<string, string> _extensions = new(StringComparer.Ordinal)
    {
        ["transform"] = ".npy", ["embed"] = ".npy", ["search"] = ".tsv", ["classify"] = ".tsv", ["score"] = ".tsv", ["cluster"] = ".tsv",
    };

    private readonly ToolConsole _console;
    private readonly string _folder;
    private readonly string? _output;

    private StandardStreams(ToolConsole console, string[] arguments, string folder, string? output) => (_console, Arguments, _folder, _output) = (console, arguments, folder, output);

    /// <summary>The line with files in place of <c>-</c>.</summary>
    internal string[] Arguments { get; }

    /// <summary>Finds <c>-</c> in a line, and reads what is piped in.</summary>
    /// <returns><see langword="null"/> where no file is called so.</returns>
    /// <exception cref="UsageException">Two files would be read from one stream, a command cannot write to standard output, or a terminal would get numbers in binary.</exception>
    internal static StandardStreams? Open(RootCommand root, string[] arguments, ToolConsole console)
    {
        if (!arguments.Any(argument => argument == Name || argument.EndsWith("=-", StringComparison.Ordinal)))
            return null;
        var command = root.Parse(arguments).CommandResult.Command;
        string[] line = [.. arguments];
        string? input = null, output = null;
        var folder = Directory.CreateTempSubdirectory("modality-gap-").FullName;
        try
        {
            for (var i = 0; i < line.Length; i++)
            {
                var (option, start) = Split(line, i);
                if (start is null)
                    continue;
                if (option == "--out")
                {
                    output = Path.Combine(folder, Name + GetExtension(command.Name, line, console));
                    line[i] = start + output;
                }
                else if (_inputs.Contains(option))
                {
                    if (input is not null)
                        throw new UsageException("Standard input can be one file only, but '-' is given for two.");
                    input = Path.Combine(folder, Name);
                    line[i] = start + input;
                    Spool(console, input, isListOfPaths: option == "--images");
                }
            }

            if (input is null && output is null)
            {
                Directory.Delete(folder, recursive: true);
                return null;
            }

            return new StandardStreams(console.ForPipes(input, output), line, folder, output);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The console of the run: it calls the files <c>-</c>, and where the result goes to standard output it prints nothing else there.</summary>
    internal ToolConsole Console => _console;

    /// <summary>Copies what the run has written.</summary>
    internal void Complete()
    {
        if (_output is null || !File.Exists(_output))
            return;
        using var source = InputFile.OpenRead(_output);
        using var target = _console.OpenOutput();
        source.CopyTo(target);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The option whose value ends with <c>-</c> as a file, and what stands before that in the argument.</summary>
    private static (string Option, string? Start) Split(string[] line, int i)
    {
        if (line[i] == Name)
            return i > 0 ? (line[i - 1], "") : ("", null);
        if (!line[i].EndsWith("=-", StringComparison.Ordinal))
            return ("", null);

        // --out=-, --modality image=-, --modality=image=-
        var start = line[i][..^1];
        return line[i].StartsWith("--", StringComparison.Ordinal) ? (line[i][..line[i].IndexOf('=', StringComparison.Ordinal)], start) : i > 0 ? (line[i - 1], start) : ("", null);
    }

    private static string GetExtension(string command, string[] line, ToolConsole console)
    {
        if (!_extensions.TryGetValue(command, out var extension))
            throw new UsageException($"{command} cannot write to standard output; {string.Join(", ", _extensions.Keys)} can. A file of that name is ./-.");
        var isJson = line.Contains(GlobalOptions.Json);
        if (isJson && command != "search")
            throw new UsageException("--json prints to standard output, where --out - writes, too; give one of them.");
        if (extension == ".npy" && console.OutIsTerminal)
            throw new UsageException("--out - would write a .npy file onto the terminal; pipe it on, or name a file.");
        return isJson ? ".jsonl" : extension;
    }

    private static void Spool(ToolConsole console, string path, bool isListOfPaths)
    {
        using var source = console.OpenInput();
        if (!isListOfPaths)
        {
            using var target = File.Create(path);
            source.CopyTo(target);
            return;
        }

        // Paths of a list are relative to its file, so those of a list without one to where the run is.
        using var reader = new StreamReader(source, new UTF8Encoding(false, throwOnInvalidBytes: true));
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        while (reader.ReadLine() is { } line)
            writer.WriteLine(line.Length == 0 ? line : Path.GetFullPath(line, console.Folder));
    }
}
