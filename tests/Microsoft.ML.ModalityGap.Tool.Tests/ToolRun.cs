using System.Diagnostics;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>One run of the tool and what came of it.</summary>
internal sealed record ToolRun(int ExitCode, string Out, string Error)
{
    internal JsonElement Json => JsonDocument.Parse(Out).RootElement;

    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Through the entry point of this process, as if both streams were piped unless told otherwise.</summary>
    internal static ToolRun Execute(string[] arguments, bool onTerminal = false, Action<long>? observeRows = null, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new ToolConsole(output, error, onTerminal, onTerminal) { ObserveRows = observeRows };
        var exitCode = ModalityGapCommand.RunAsync(arguments, console, cancellationToken).GetAwaiter().GetResult();
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    internal static ToolRun Execute(params string[] arguments) => Execute(arguments, onTerminal: false);

    /// <summary>In a folder, with bytes piped in and out.</summary>
    /// <param name="folder">Where the run is, or <see langword="null"/> for anywhere.</param>
    /// <param name="input">What is piped in.</param>
    /// <param name="piped">What is piped out by <c>--out -</c>.</param>
    /// <param name="arguments">The command line.</param>
    internal static ToolRun ExecutePiped(string? folder, byte[] input, out byte[] piped, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var target = new MemoryStream();
        var console = new ToolConsole(output, error, outIsTerminal: false, errorIsTerminal: false)
        {
            Folder = folder ?? Directory.GetCurrentDirectory(),
            OpenInput = () => new MemoryStream(input),
            OpenOutput = () => target,
        };
        var exitCode = ModalityGapCommand.RunAsync(arguments, console).GetAwaiter().GetResult();
        piped = target.ToArray();
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>As a process of its own, with both streams piped.</summary>
    internal static ToolRun ExecuteProcess(params string[] arguments) => ExecuteProcess(arguments, out _);

    /// <param name="folder">The process's current folder.</param>
    /// <param name="arguments">The command line.</param>
    internal static ToolRun ExecuteProcessIn(string folder, params string[] arguments) => ExecuteProcess(arguments, out _, folder);

    /// <param name="arguments">The command line.</param>
    /// <param name="peakBytes">The most memory the process was seen to have resident, where the system tells.</param>
    /// <param name="folder">Its current folder, or <see langword="null"/> for this one's.</param>
    internal static ToolRun ExecuteProcess(string[] arguments, out long? peakBytes, string? folder = null)
    {
        // The tool's own files, copied beside the tests by the build.
        var assembly = Path.Combine(AppContext.BaseDirectory, "modality-gap.dll");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { assembly },
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        peakBytes = null;
        while (!process.WaitForExit(20))
            peakBytes = ReadPeak(process.Id) ?? peakBytes;
        process.WaitForExit();
        return new ToolRun(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static long? ReadPeak(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
