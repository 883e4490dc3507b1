using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The root command, and the one way in for the process and for tests.</summary>
internal static class ModalityGapCommand
{
    // Long enough to delete what a large output has left behind.
    private static readonly TimeSpan _terminationTimeout = TimeSpan.FromSeconds(10);

    internal static string Version =>
        typeof(ModalityGapCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    internal static async Task<int> RunAsync(string[] arguments, ToolConsole console, CancellationToken cancellationToken = default)
    {
        var verbose = new Option<bool>("--verbose") { Description = "After an error, show where it came from.", Recursive = true };
        var root = new RootCommand("Embeds images and texts, and measures and closes the modality gap of CLIP-like embeddings in .npy files.")
        {
            new EmbedCommand(console),
            new DoctorCommand(console),
            new ClassifyCommand(console),
            new EvaluateCommand(console),
            new SearchCommand(console),
            new ReportCommand(console),
            new SelectCommand(console),
            new ScoreCommand(console),
            new FitCommand(console),
            new CompareCommand(console),
            new SweepCommand(console),
            new DriftCommand(console),
            new TransformCommand(console),
            new ExportCommand(console),
            new BakeCommand(console),
            new InfoCommand(console),
            verbose,
        };
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion(console);

        var result = root.Parse(arguments);
        try
        {
            if (result.Errors.Count > 0)
            {
                var command = result.CommandResult.Command;
                var messages = string.Join(" ", Describe(result.Errors));
                throw new UsageException($"{messages} See modality-gap {(command == root ? "" : command.Name + " ")}--help.");
            }

            return await result.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = console.Out,
                    Error = console.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = _terminationTimeout,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return ErrorReport.Write(console, exception, result.GetValue(verbose));
        }
    }

    /// <summary>What the parser has found, without the names of .NET types, and without what follows from an unknown word.</summary>
    private static IEnumerable<string> Describe(IReadOnlyList<ParseError> errors)
    {
        var messages = errors.Select(error =>
        {
            var parts = error.Message.Split(" as expected type '");
            return parts.Length < 2 ? error.Message : $"{parts[0]} as a {(parts[1].Contains("Int", StringComparison.Ordinal) ? "whole number" : "number")}.";
        }).Distinct().ToArray();
        return messages.Length > 1 ? messages.Where(message => message != "Required command was not provided.") : messages;
    }

    private sealed class PrintVersion(ToolConsole console) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            console.Out.WriteLine(Version);
            return ExitCodes.Success;
        }
    }
}
