using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary>The root command, and the one way in for the process and for tests.</summary>
internal static class ModalityGapCommand
{
    // Long enough to delete what a large output has left behind.
    private static readonly TimeSpan _terminationTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The commands, in the order of the help. Making one takes as long as running many a small one, so a line makes only the one it names.</summary>
    private static readonly (string Name, Func<ToolConsole, Command> Create)[] _commands =
    [
        ("embed", console => new EmbedCommand(console)),
        ("doctor", console => new DoctorCommand(console)),
        ("classify", console => new ClassifyCommand(console)),
        ("evaluate", console => new EvaluateCommand(console)),
        ("cluster", console => new ClusterCommand(console)),
        ("evaluate-table", console => new EvaluateTableCommand(console)),
        ("search", console => new SearchCommand(console)),
        ("merge", console => new MergeCommand(console)),
        ("report", console => new ReportCommand(console)),
        ("select", console => new SelectCommand(console)),
        ("score", console => new ScoreCommand(console)),
        ("statistics", console => new StatisticsCommand(console)),
        ("fit", console => new FitCommand(console)),
        ("compare", console => new CompareCommand(console)),
        ("learning-curve", console => new LearningCurveCommand(console)),
        ("benchmark", console => new BenchmarkCommand(console)),
        ("sweep", console => new SweepCommand(console)),
        ("drift", console => new DriftCommand(console)),
        ("transform", console => new TransformCommand(console)),
        ("export", console => new ExportCommand(console)),
        ("bake", console => new BakeCommand(console)),
        ("info", console => new InfoCommand(console)),
        ("completion", console => new CompletionCommand(console)),
    ];

    internal static string Version =>
        typeof(ModalityGapCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    internal static async Task<int> RunAsync(string[] arguments, ToolConsole console, CancellationToken cancellationToken = default)
    {
        // Who types the bare name wants to know what there is.
        if (arguments.Length == 0)
            arguments = ["--help"];
        var only = Array.Exists(_commands, command => command.Name == arguments[0]) ? arguments[0] : null;
        var root = CreateRoot(console, only);
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
                (console, arguments, root) = (streams.Console, streams.Arguments, CreateRoot(streams.Console, only));
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

    /// <param name="console">Where commands print.</param>
    /// <param name="only">The one command that is wanted, or <see langword="null"/> for all.</param>
    internal static RootCommand CreateRoot(ToolConsole console, string? only = null)
    {
        var quiet = new Option<bool>(GlobalOptions.Quiet) { Description = "Print results and errors only: no progress, no warnings.", Recursive = true };
        var force = new Option<bool>(GlobalOptions.Force) { Description = "Replace output files that exist; without it that is an error. Files that are read are never replaced.", Recursive = true };
        var noConfig = new Option<bool>(GlobalOptions.NoConfig) { Description = $"Leave {ConfigFile.Name} in this folder alone, which otherwise adds files that the line does not name.", Recursive = true };
        var verbose = new Option<bool>(GlobalOptions.Verbose) { Description = "After an error, show where it came from.", Recursive = true };
        var root = new RootCommand("Embeds images and texts, and measures and closes the modality gap of CLIP-like embeddings in .npy files.")
        {
            quiet,
            force,
            noConfig,
            verbose,
        };
        foreach (var command in _commands)
        {
            if (only is null || only == command.Name)
                root.Subcommands.Add(command.Create(console));
        }

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
