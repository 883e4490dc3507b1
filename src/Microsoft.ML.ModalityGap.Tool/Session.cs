using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>One run of a command: its ML.NET context, where it prints, and whether it has been told to stop.</summary>
internal sealed class Session
{
    private readonly List<string> _warnings = [];
    private readonly Lazy<MLContext> _ml;

    internal Session(ToolConsole console, int? seed, bool force, CancellationToken cancellationToken)
    {
        Force = force;
        Console = console;
        CancellationToken = cancellationToken;
        _ml = new Lazy<MLContext>(() =>
        {
            var ml = new MLContext(seed);
            ml.Log += (_, message) =>
            {
                if (message.Kind == ChannelMessageKind.Warning && !IgnoresLog)
                    AddWarning(message.RawMessage);
            };
            return ml;
        });
    }

    /// <summary>The context, made when it is first asked for: a command that only looks at a file needs none.</summary>
    internal MLContext ML => _ml.Value;

    /// <summary>What the rows are that messages name by number.</summary>
    internal RowItems Items { get; } = new();

    /// <summary>What the process says to the shell when the command has come to its end.</summary>
    internal int ExitCode { get; set; } = ExitCodes.Success;

    /// <summary>Whether files that exist may be replaced.</summary>
    internal bool Force { get; }

    /// <summary>Whether the command itself says what the library would warn of.</summary>
    internal bool IgnoresLog { get; set; }

    internal ToolConsole Console { get; }

    internal CancellationToken CancellationToken { get; }

    /// <summary>Runs what takes long under a progress bar, where there is a terminal for it.</summary>
    /// <param name="task">What is done.</param>
    /// <param name="total">How many rows it reads; <see langword="null"/> where that says nothing of how far it is.</param>
    /// <param name="work">Does it, and counts the rows it reads.</param>
    internal TResult Track<TResult>(string task, long? total, Func<RowCounter, TResult> work) =>
        Console.Track(task, total, new RowCounter(Console.ObserveRows, CancellationToken), work);

    /// <summary>The same of what tells its share itself.</summary>
    /// <param name="task">What is done.</param>
    /// <param name="work">Does it: reads rows by the counter, and reports how far it is.</param>
    internal TResult TrackShare<TResult>(string task, Func<RowCounter, IProgress<double>, TResult> work)
    {
        var rows = new RowCounter(Console.ObserveRows, CancellationToken);
        return Console.Track(task, ShareProgress.Total, new RowCounter(Console.ObserveRows, CancellationToken), share => work(rows, new ShareProgress(share)));
    }

    /// <summary>Warns where rows are measured that their maps were fitted on, of which the library knows nothing where it is given bare maps.</summary>
    /// <param name="mapped">The rows behind the maps.</param>
    /// <param name="names">Their columns.</param>
    internal void WarnOfFittedRows(IDataView mapped, IEnumerable<string> names) =>
        FittedRows.Warn(((IHostEnvironment)ML).Register("modality-gap"), mapped, [.. names.Select(name => mapped.Schema[name])]);

    internal void AddWarning(string message)
    {
        lock (_warnings)
        {
            if (!_warnings.Contains(message))
                _warnings.Add(message);
        }
    }

    /// <summary>Prints what was logged as a warning. At the end of a command that succeeded: one that fails has one line to say.</summary>
    internal void WriteWarnings()
    {
        lock (_warnings)
        {
            foreach (var warning in _warnings)
                ErrorReport.Write(Console, $"warning: {warning}");
        }
    }
}
