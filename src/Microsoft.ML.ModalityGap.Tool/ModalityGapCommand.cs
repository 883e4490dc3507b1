using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
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
        // Who types the bare name wants to know what there is.
        if (arguments.Length == 0)
            arguments = ["--help"];
        var root = CreateRoot(console);
        if (arguments is [CompletionCommand.Word, var position, var line])
            return CompletionCommand.Complete(root, console, position, line);

        StandardStreams? streams = null;
        try
        {
            var isVerbatim = root.Parse(arguments).GetValue<bool>(GlobalOptions.NoConfig);
            if (!isVerbatim)
                arguments = ConfiguredLine.Complete(root, arguments, console, isSilent: arguments.Contains(GlobalOptions.Quiet));
            streams = StandardStreams.Open(root, arguments, console);
            if (streams is not null)
                (console, arguments, root) = (streams.Console, streams.Arguments, CreateRoot(streams.Console));
            var result = root.Parse(arguments);
            if (result.Errors.Count > 0)
                throw new UsageException(CommandLineMistakes.Describe(result, root));

            var exitCode = await result.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = console.Out,
                    Error = console.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = _terminationTimeout,
                },
                cancellationToken).ConfigureAwait(false);
            streams?.Complete();
            return exitCode;
        }
        catch (Exception exception)
        {
            return ErrorReport.Write(console, exception, arguments.Contains(GlobalOptions.Verbose), root.Parse(arguments).CommandResult.Command);
        }
        finally
        {
            streams?.Dispose();
        }
    }

    internal static RootCommand CreateRoot(ToolConsole console)
    {
        var quiet = new Option<bool>(GlobalOptions.Quiet) { Description = "Print results and errors only: no progress, no warnings.", Recursive = true };
        var force = new Option<bool>(GlobalOptions.Force) { Description = "Replace output files that exist; without it that is an error. Files that are read are never replaced.", Recursive = true };
        var noConfig = new Option<bool>(GlobalOptions.NoConfig) { Description = $"Leave {ConfigFile.Name} in this folder alone, which otherwise adds files that the line does not name.", Recursive = true };
        var verbose = new Option<bool>(GlobalOptions.Verbose) { Description = "After an error, show where it came from.", Recursive = true };
        var root = new RootCommand("Embeds images and texts, and measures and closes the modality gap of CLIP-like embeddings in .npy files.")
        {
            new EmbedCommand(console),
            new DoctorCommand(console),
            new ClassifyCommand(console),
            new EvaluateCommand(console),
            new ClusterCommand(console),
            new EvaluateTableCommand(console),
            new SearchCommand(console),
            new MergeCommand(console),
            new ReportCommand(console),
            new SelectCommand(console),
            new ScoreCommand(console),
            new StatisticsCommand(console),
            new FitCommand(console),
            new CompareCommand(console),
            new LearningCurveCommand(console),
            new BenchmarkCommand(console),
            new SweepCommand(console),
            new DriftCommand(console),
            new TransformCommand(console),
            new ExportCommand(console),
            new BakeCommand(console),
            new InfoCommand(console),
            new CompletionCommand(console),
            quiet,
            force,
            noConfig,
            verbose,
        };
        root.Options.OfType<HelpOption>().Single().Action = new HelpWriter(console);
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion(console);

        return root;
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
