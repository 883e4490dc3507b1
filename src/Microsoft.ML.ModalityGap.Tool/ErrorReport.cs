using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The one place that turns exceptions into an exit code and one line.</summary>
internal static partial class ErrorReport
{
    /// <summary>What the library says of its options, in the words of the command line.</summary>
    private static readonly (string Said, string Meant)[] _words =
    [
        ($"set {nameof(UnusableRows)} to {nameof(UnusableRows.Skip)}", "give --skip-unusable"),
        ($", or set {nameof(EmbedClipImagesOptions)}.{nameof(EmbedClipImagesOptions.Preprocessing)}", ""),
        ($" allowed by {nameof(PreprocessClipImagesOptions.MaximumPixels)}", " that are allowed; make it smaller"),
        ($"Set {nameof(EncodeWithOnnxOptions.OutputName)}.", "Give --output-name."),
        ($"Choose another {nameof(OnnxBakingOptions.MappedOutputName)}", "Give another --mapped-name"),
        ($"; to apply two maps, chain them with {nameof(EmbeddingMap)}.{nameof(EmbeddingMap.Then)}", ""),
        ("or allow FallbackToCpu", "or give --fallback-to-cpu"),
        ($"set {nameof(ClassifyZeroShotOptions.Mode)} to {nameof(ZeroShotMode.MultiLabel)} with a threshold", "name another class beside it"),
        ($"Give the text modality's map as {nameof(ClassifyZeroShotOptions.TextMap)}, or put it behind the text encoder.", "Give the maps of both with --map."),
        ($"Say what is relevant with {nameof(Relevance)}.{nameof(Relevance.ById)}.", "Say what is relevant with --ids."),
        ($"Choose a head with a linear layer, and its {nameof(TrainModalityNormalizationOptions.OutputDimension)}.", "Give --head linear and --dimensions."),
        ($"{nameof(AlignModalitiesOptions.KeepTarget)} needs {nameof(AlignModalitiesOptions.Towards)}", "--keep-target needs --towards"),
        ($"{nameof(AlignModalitiesOptions.Components)} are CCA's.", "--components goes with --by cca."),
        ($"CCA whitens by itself, with {nameof(AlignModalitiesOptions.Shrinkage)}.", "--by cca whitens by itself, with --shrinkage."),
    ];

    /// <param name="console">Where to write.</param>
    /// <param name="exception">What happened.</param>
    /// <param name="verbose">Whether to show where it came from.</param>
    /// <param name="command">The command that was run: options that it does not have are not advised.</param>
    internal static int Write(ToolConsole console, Exception exception, bool verbose, System.CommandLine.Command command)
    {
        var cause = Unwrap(exception);
        if (cause is OperationCanceledException)
            return ExitCodes.Interrupted;

        var isInput = IsInput(cause);
        Write(console, LeaveOutForeignAdvice(command, isInput || cause is IOException or InvalidOperationException { InnerException: OnnxRuntimeException } ? GetMessage(cause) : $"unexpected {cause.GetType().Name}: {GetMessage(cause)}{(verbose ? "" : " (--verbose shows where)")}"));
        if (verbose)
            console.Error.WriteLine(exception);
        return isInput ? ExitCodes.BadInput : ExitCodes.Failure;
    }

    /// <summary>The same without «, or give --option …» of options that the command does not have.</summary>
    internal static string LeaveOutForeignAdvice(System.CommandLine.Command command, string message)
    {
        bool Has(string name) => command.Options.Any(option => option.Name == name);
        if (!Has("--output-name"))
            message = message.Replace("Give --output-name.", Has("--image-output") ? "Name it with --image-output or --text-output." : Has("--text-output") ? "Name it with --text-output." : "", StringComparison.Ordinal);
        return Advice().Replace(message, match => Has(match.Groups["option"].Value) ? match.Value : "");
    }

    internal static void Write(ToolConsole console, string message) => console.Error.WriteLine($"modality-gap: {console.Rename(ToOneLine(message))}");

    internal static string GetMessage(Exception exception)
    {
        var message = exception.Message;

        // The name of a parameter of some method says nothing to a shell's user.
        if (exception is ArgumentException { ParamName: { } parameter })
            message = message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal);

        if (exception is ArgumentException { ParamName: "path" } && message.StartsWith("The value cannot be an empty string", StringComparison.Ordinal))
            return "The name of a file is empty.";
        if (exception is UnauthorizedAccessException && message.Split('\'') is [_, var path, _] && Directory.Exists(path))
            return $"'{path}' is a folder; a file is expected.";

        foreach (var (said, meant) in _words)
            message = message.Replace(said, meant, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Threads, tasks and ML.NET's cursors wrap what went wrong.</summary>
    internal static Exception Unwrap(Exception exception)
    {
        while (exception is AggregateException or TargetInvocationException or InvalidOperationException && exception.InnerException is { } inner and not OnnxRuntimeException)
            exception = inner;
        return exception;
    }

    private static bool IsInput(Exception exception) => exception switch
    {
        IOException { HResult: DiskFullUnix or DiskFullWindows } => false,
        UsageException or InvalidDataException or IOException or UnauthorizedAccessException or FormatException or ArgumentException => true,
        _ => false,
    };

    private static string ToOneLine(string message) => WhiteSpace().Replace(message, " ").Trim();

    [GeneratedRegex(@", or give (?<option>--[a-z-]+)[^.,;]*")]
    private static partial Regex Advice();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    private const int DiskFullUnix = 28; // ENOSPC
    private const int DiskFullWindows = unchecked((int)0x80070070); // ERROR_DISK_FULL
}
