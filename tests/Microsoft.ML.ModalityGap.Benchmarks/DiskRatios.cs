using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// The installed tool beside the system's own commands over the same file: <c>transform</c> beside <c>cp</c>, <c>fit</c> beside <c>cat</c>. Whole processes, in turn, the file in the page cache; the fastest run of each
/// counts. The exit code is the number of targets missed.
/// </summary>
internal static partial class DiskRatios
{
    private const int Rounds = 5;
    private const int Children = -1; // RUSAGE_CHILDREN

    /// <param name="folder">On the disk that is meant, with room for twice the file, 800 MB; it is left as it was.</param>
    /// <param name="tool">The program.</param>
    public static int Run(string folder, string tool)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("cp, cat and sync are commands of Unix.");
        var work = Directory.CreateDirectory(Path.Combine(folder, $"modality-gap-{Guid.NewGuid():N}")).FullName;
        try
        {
            var (input, copy, mapped, model) = (Path.Combine(work, "in.npy"), Path.Combine(work, "copy.npy"), Path.Combine(work, "mapped.npy"), Path.Combine(work, "map.zip"));
            WriteInput(input);
            string[] fit = [tool, "fit", "--method", "center", "--modality", $"image={input}", "--out", model, "--force", "--no-config"];
            Start(fit);
            Command[] commands =
            [
                new("cp", [["cp", input, copy]]),
                new("cp and sync", [["cp", input, copy], ["sync", copy]]),
                new("transform", [[tool, "transform", "--map", model, "--modality", "image", "--in", input, "--out", mapped, "--no-config"]]),
                new("cat > /dev/null", [["sh", "-c", "cat \"$0\" > /dev/null", input]]),
                new("fit", [fit]),
                new("the tool's --version", [[tool, "--version"]]),
            ];
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var command in commands)
                {
                    File.Delete(copy);
                    File.Delete(mapped);
                    command.Run();
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Matrix.Rows}x{Matrix.Dimension} floats, {new FileInfo(input).Length / 1e6:F0} MB, {Environment.ProcessorCount} cores, best of {Rounds}"));
            foreach (var command in commands)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{command.Name,-22} {command.Wall * 1e3,8:F0} ms, processor {command.Processor * 1e3,6:F0} ms"));
            return Check("transform / cp", commands[2].Wall / commands[0].Wall, 1.25)
                + Check("transform / cp and sync", commands[2].Wall / commands[1].Wall, 1.25)
                + Check("processor of transform, s", commands[2].Processor, 0.4)
                + Check("fit / cat", commands[4].Wall / commands[3].Wall, 1.5);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static int Check(string name, double value, double target)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {value,6:F2}   target {target,4:F2}   {(value <= target ? "met" : "MISSED")}"));
        return value <= target ? 0 : 1;
    }

    private static void WriteInput(string path)
    {
        using var stream = File.Create(path);
        NpyHeader.Write(stream, NpyElementType.Float32, Matrix.Rows, Matrix.Dimension);
        stream.Write(MemoryMarshal.AsBytes(Matrix.Create().AsSpan()));
    }

    private static void Start(string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line.AsSpan(1).ToArray()) { RedirectStandardOutput = true })!;
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', line)}' ended with {process.ExitCode}.");
    }

    /// <summary>What the processes that have ended used, in seconds.</summary>
    private static double GetProcessorTime()
    {
        // struct rusage begins with two struct timeval, of seconds and microseconds each.
        var usage = new long[32];
        if (GetUsage(Children, usage) != 0)
            throw new InvalidOperationException("getrusage failed.");
        return usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, [In, Out] long[] usage);

    /// <summary>What is run, one process after the other, and the fastest time so far.</summary>
    private sealed record Command(string Name, string[][] Lines)
    {
        internal double Wall { get; private set; } = double.PositiveInfinity;

        internal double Processor { get; private set; } = double.PositiveInfinity;

        internal void Run()
        {
            var (before, start) = (GetProcessorTime(), Stopwatch.GetTimestamp());
            foreach (var line in Lines)
                Start(line);
            Wall = Math.Min(Wall, Stopwatch.GetElapsedTime(start).TotalSeconds);
            Processor = Math.Min(Processor, GetProcessorTime() - before);
        }
    }
}
