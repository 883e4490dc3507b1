using Microsoft.ML.ModalityGap.Tool;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A file that the command line reads: the run ends with 0, or with 2 and a line that says why.</summary>
internal abstract class ToolTarget : FuzzTarget
{
    internal override double Share => 0.3;

    private static readonly Lazy<string> _npy = new(() => Seeds.Keep("rows.npy", FramedShape.CreateNpy("<f4", $"{Seeds.Count}, {Seeds.Dimension}", Seeds.ToBytes(Seeds.Rows(Seeds.Count, Seeds.Dimension, 3)))));

    /// <summary>Rows, as many as there are ids and labels.</summary>
    protected static string Npy => _npy.Value;

    protected abstract string[] GetArguments(FuzzInput input);

    /// <summary>Makes right inputs by the command line.</summary>
    protected static void Run(params string[] arguments)
    {
        using var error = new StringWriter();
        var console = new ToolConsole(TextWriter.Null, error, outIsTerminal: false, errorIsTerminal: false) { Folder = Seeds.Folder };
        if (ModalityGapCommand.RunAsync([.. arguments, "--quiet"], console).GetAwaiter().GetResult() != 0)
            throw new InvalidOperationException($"{string.Join(' ', arguments)}: {error}");
    }

    protected virtual string GetFolder(FuzzInput input) => Seeds.Folder;

    internal override void Read(FuzzInput input)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new ToolConsole(output, error, outIsTerminal: false, errorIsTerminal: false) { Folder = GetFolder(input) };
        var exitCode = ModalityGapCommand.RunAsync([.. GetArguments(input), "--quiet"], console).GetAwaiter().GetResult();
        var message = error.ToString().Trim();
        if (exitCode is not (0 or 2) || message.Contains("unexpected ", StringComparison.Ordinal))
            throw new FuzzFaultException($"exit code {exitCode}: {message}");
        if (exitCode == 2)
            throw message.Length > 0 ? new InvalidDataException(message) : new FuzzFaultException("exit code 2 without a word");
    }
}
