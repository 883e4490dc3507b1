using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>What an input came to.</summary>
internal readonly record struct InputOutcome(bool IsAccepted, TimeSpan ProcessorTime, long Bytes, FuzzFaultKind? Fault, string Place, string Detail);

/// <summary>Has a reader read an input and holds what happens against what is promised.</summary>
internal sealed partial class InputRunner
{
    private readonly string _folder;
    private readonly FuzzLimits _limits;
    private readonly Watchdog? _watchdog;

    /// <param name="folder">Empty, and this runner's alone.</param>
    /// <param name="limits">What an input may take.</param>
    /// <param name="watchdog">Ends the process where an input does not end; <see langword="null"/> for nobody.</param>
    internal InputRunner(string folder, FuzzLimits limits, Watchdog? watchdog) => (_folder, _limits, _watchdog) = (folder, limits, watchdog);

    /// <param name="target">The reader.</param>
    /// <param name="bytes">The input.</param>
    /// <param name="number">The input's, by which a handle left open is known.</param>
    /// <param name="isWarmUp">Whether this may be the first time that the reader's code runs, so that the compiler's time and memory are not the input's.</param>
    internal InputOutcome Run(FuzzTarget target, byte[] bytes, long number, bool isWarmUp = false)
    {
        Exception? exception = null;
        var (resident, allocated, processor) = (ReadPeakResident(), GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
        _watchdog?.Begin();
        using (var input = new FuzzInput(bytes, _folder, number))
        {
            try
            {
                target.Read(input);
            }
            catch (Exception thrown)
            {
                exception = thrown;
            }
        }

        _watchdog?.End();
        var time = Environment.CpuUsage.TotalTime - processor;
        var used = Math.Max(GC.GetTotalAllocatedBytes() - allocated, ReadPeakResident() - resident);
        InputOutcome Fault(FuzzFaultKind kind, string place, string detail) => new(false, time, used, kind, place, detail);

        if (exception is FuzzFaultException wrong)
            return Fault(FuzzFaultKind.Result, wrong.Message, exception.ToString());
        if (exception is not null && target.Unwrap(exception) is var cause && !target.Documented.Any(type => type.IsInstanceOfType(cause)))
            return Fault(FuzzFaultKind.Exception, $"{cause.GetType().Name} in {FindPlace(cause)}", exception.ToString());
        if (used > _limits.Bytes && !isWarmUp)
            return Fault(FuzzFaultKind.Memory, "", $"{used >> 20} MB where {_limits.Bytes >> 20} MB are allowed");
        if (time > _limits.ProcessorTime && !isWarmUp)
            return Fault(FuzzFaultKind.Time, "", $"{time.TotalSeconds:0.0} s of processor time where {_limits.ProcessorTime.TotalSeconds:0.0} s are allowed");
        if (FindFile() is { } left)
            return Fault(FuzzFaultKind.File, "", $"'{left}' is left");
        return new InputOutcome(exception is null, time, used, null, "", exception?.Message ?? "");
    }

    /// <summary>The numbers of inputs whose file is still open. Linux tells; elsewhere none.</summary>
    internal IReadOnlyList<(long Number, string File)> FindHandles()
    {
        const string Descriptors = "/proc/self/fd";
        var found = new List<(long, string)>();
        if (!Directory.Exists(Descriptors))
            return found;
        foreach (var descriptor in new DirectoryInfo(Descriptors).EnumerateFileSystemInfos())
        {
            if (descriptor.LinkTarget is { } file && file.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                && long.TryParse(file[(_folder.Length + 1)..].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture, out var number))
            {
                found.Add((number, file));
            }
        }

        return found;
    }

    /// <summary>What lies in the folder, or in that for temporary files, once an input is done; it is taken away.</summary>
    private string? FindFile()
    {
        string? found = null;
        foreach (var folder in new[] { _folder, Path.GetTempPath() })
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
            {
                if (entry == Seeds.Folder || IsRuntime(Path.GetFileName(entry)))
                    continue;
                found ??= entry;
                if (Directory.Exists(entry))
                    Directory.Delete(entry, recursive: true);
                else
                    File.Delete(entry);
            }
        }

        return found;
    }

    /// <summary>What is not ours: .NET's diagnostics and shared state, ONNX Runtime's, and the folder that ML.NET leaves until the process ends when its loader fails.</summary>
    private static bool IsRuntime(string name) =>
        name is ".dotnet" or ".ses" || name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) || name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal) || name.StartsWith("ml_dotnet_", StringComparison.Ordinal);

    private static string FindPlace(Exception exception)
    {
        var frames = (exception.StackTrace ?? "").Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("at ", StringComparison.Ordinal)).Select(line => line[3..].Split('(')[0]).ToArray();
        return frames.FirstOrDefault(frame => (frame.StartsWith("Microsoft.ML.ModalityGap.", StringComparison.Ordinal) || frame.StartsWith("SearchService.", StringComparison.Ordinal)) && !frame.Contains(".Fuzz.", StringComparison.Ordinal))
            ?? frames.FirstOrDefault() ?? "?";
    }

    private static long ReadPeakResident()
    {
        if (!OperatingSystem.IsLinux())
            return Environment.WorkingSet;

        // struct rusage: two timevals, then ru_maxrss in KB.
        Span<long> usage = stackalloc long[18];
        return GetResourceUsage(0, ref MemoryMarshal.GetReference(usage)) == 0 ? 1024 * usage[4] : 0;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int who, ref long usage);
}
