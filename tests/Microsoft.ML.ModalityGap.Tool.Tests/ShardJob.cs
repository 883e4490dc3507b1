using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Shards of pairs in a folder, and the work on them as any scheduler would divide it.</summary>
internal sealed class ShardJob : IDisposable
{
    internal const int Shards = 3;

    internal const int RowsPerShard = 20;

    internal WorkFolder Folder { get; } = new();

    internal ShardJob()
    {
        var (image, text) = Folder.WritePair();
        for (var i = 0; i < Shards; i++)
        {
            Folder.WriteNpy($"img_{i}.npy", image[(RowsPerShard * i)..(RowsPerShard * (i + 1))]);
            Folder.WriteNpy($"txt_{i}.npy", text[(RowsPerShard * i)..(RowsPerShard * (i + 1))]);
        }
    }

    public void Dispose() => Folder.Dispose();

    internal string GetPath(string name) => Folder.GetPath(name);

    /// <summary>Runs the tool and expects it to succeed.</summary>
    internal static ToolRun Run(params string[] arguments)
    {
        var run = ToolRun.Execute(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return run;
    }

    /// <summary>Writes the statistics of some shards, named in an order.</summary>
    internal string WriteStatistics(string name, IEnumerable<int> shards, params string[] more)
    {
        // A folder of links names shards in any order and under any name.
        foreach (var (number, place) in shards.Select((number, place) => (number, place)))
        {
            Directory.CreateDirectory(GetPath(name));
            File.CreateSymbolicLink(GetPath($"{name}/img_{place}.npy"), GetPath($"img_{number}.npy"));
            File.CreateSymbolicLink(GetPath($"{name}/txt_{place}.npy"), GetPath($"txt_{number}.npy"));
        }

        var path = GetPath(name + ".stats");
        Run(["statistics", "--modality", $"image={GetPath(name)}/img_*.npy", "--modality", $"text={GetPath(name)}/txt_*.npy", "--out", path, .. more]);
        return path;
    }

    /// <summary>Fits on files of statistics.</summary>
    internal EmbeddingMapTransformer Fit(string name, IEnumerable<string> statistics, params string[] more)
    {
        Run(["fit", "--statistics", .. statistics, "--out", GetPath(name), .. more]);
        return (EmbeddingMapTransformer)new MLContext().Model.Load(GetPath(name), out _);
    }

    /// <summary>Runs a process to its end.</summary>
    internal static (int ExitCode, string Output) RunProcess(string file, IEnumerable<string> arguments, string? folder = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(limit ?? TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{file} did not end within {limit ?? TimeSpan.FromMinutes(2)}.");
        }

        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }
}
