using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A <see cref="Worker"/> from outside.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly string _folder;
    private readonly Process _process;
    private readonly Task<string> _error;

    internal WorkerProcess(FuzzOptions options, string program, string folder)
    {
        _folder = folder;
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        var start = new ProcessStartInfo("dotnet", [program, .. options.ForWorker(folder)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // The samples' models are found from inside the clone.
            WorkingDirectory = AppContext.BaseDirectory,

            // Temporary files of readers are to be found; TMP is Windows' name.
            Environment = { ["TMPDIR"] = temporary, ["TMP"] = temporary, ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_TieredPGO"] = "0", ["DOTNET_DbgEnableMiniDump"] = "0" },
        };
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Has a task done; <see langword="null"/> where the process ended over it.</summary>
    internal TargetResult? Run(FuzzTask task)
    {
        try
        {
            _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task.Target.Name} {task.First} {task.Count}"));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            return null;
        }

        // Native libraries may write lines of their own.
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith('{'))
                return JsonSerializer.Deserialize<TargetResult>(line);
        }

        return null;
    }

    /// <summary>What it was reading when it ended, and why it did.</summary>
    internal (long Number, byte[] Bytes, FuzzFaultKind Kind, string Detail) TakeEnd()
    {
        _process.WaitForExit();
        var journal = Path.Combine(_folder, "journal");
        var (number, bytes) = File.Exists(journal) ? InputJournal.Read(journal) : (0, []);
        var lines = _error.GetAwaiter().GetResult().Split('\n');
        return _process.ExitCode == Watchdog.ExitCode
            ? (number, bytes, FuzzFaultKind.Time, "It does not come to an end.")
            : (number, bytes, FuzzFaultKind.Death, $"Exit code {_process.ExitCode}. {string.Join('\n', lines.Take(12))}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
            _process.WaitForExit(); // until then it writes into its folder
        }

        _process.Dispose();
    }
}
