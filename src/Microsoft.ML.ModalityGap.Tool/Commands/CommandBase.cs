using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary>What the commands share: options of all, a session to run in, and its end.</summary>
internal abstract class CommandBase : Command
{
    private protected CommandBase(string name, string description, ToolConsole console)
        : base(name, description)
    {
        Options.Add(Json);
        SetAction((result, cancellationToken) => Task.Run(
            () =>
            {
                var session = new Session(result.GetValue<bool>(GlobalOptions.Quiet) ? console.WithoutProgress() : console, GetSeed(result), result.GetValue<bool>(GlobalOptions.Force), cancellationToken);
                try
                {
                    Run(session, result);
                }
                catch (Exception exception) when (ErrorReport.Unwrap(exception) is InvalidDataException cause && session.Items.Name(cause.Message) is var named && named != cause.Message)
                {
                    throw new InvalidDataException(named, exception);
                }

                if (!result.GetValue<bool>(GlobalOptions.Quiet))
                    session.WriteWarnings();
                return session.ExitCode;
            },
            CancellationToken.None));
    }

    private protected Option<bool> Json { get; } = new(GlobalOptions.Json) { Description = "Print one JSON object instead of tables." };

    private protected virtual int? GetSeed(ParseResult result) => null;

    private protected abstract void Run(Session session, ParseResult result);
}
