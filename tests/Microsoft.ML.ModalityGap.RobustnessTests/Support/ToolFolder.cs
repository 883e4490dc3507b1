using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.ModalityGap.Fuzz;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>A folder in which the tool runs as a process of its own.</summary>
internal sealed partial class ToolFolder : IDisposable
{
    private const int Rows = 600, Dimension = 16;

    private static readonly Lazy<string> _inputs = new(CreateInputs);

    internal ToolFolder()
    {
        Path = Directory.CreateTempSubdirectory("modality-gap-").FullName;
        Directory.CreateSymbolicLink(System.IO.Path.Combine(Path, "in"), _inputs.Value);
        Directory.CreateDirectory(Out);
    }

    internal string Path { get; }

    internal string Out => System.IO.Path.Combine(Path, "out");

    /// <summary>What lies below <c>out/</c>, folders included, in order.</summary>
    internal string[] List() => [.. Directory.EnumerateFileSystemEntries(Out, "*", SearchOption.AllDirectories).Where(path => !Directory.Exists(path)).Select(path => System.IO.Path.GetRelativePath(Out, path)).Order(StringComparer.Ordinal)];

    /// <summary>What is written of a file that says nothing of the time: an archive's entries carry it, a report prints it.</summary>
    internal byte[] Read(string name) => Normalize(name, File.ReadAllBytes(System.IO.Path.Combine(Out, name)));

    internal static byte[] Normalize(string name, byte[] bytes)
    {
        switch (System.IO.Path.GetExtension(name))
        {
            case ".zip":
                try
                {
                    using var archive = new ZipArchive(new MemoryStream(bytes));
                    using var content = new MemoryStream();
                    foreach (var entry in archive.Entries)
                    {
                        content.Write(Encoding.UTF8.GetBytes($"{entry.FullName} {entry.Length}\n"));
                        using var stream = entry.Open();
                        stream.CopyTo(content);
                    }

                    return content.ToArray();
                }
                catch (InvalidDataException)
                {
                    return bytes;
                }

            case ".html":
                return Encoding.UTF8.GetBytes(Time().Replace(Encoding.UTF8.GetString(bytes), "now"));
            default:
                return bytes;
        }
    }

    internal Process Start(string arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [System.IO.Path.Combine(AppContext.BaseDirectory, "modality-gap.dll"), .. arguments.Split(' '), "--force", "--no-config"])
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    internal void Run(string arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{arguments}\n{error}{output.GetAwaiter().GetResult()}");
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Everything that the commands read.</summary>
    private static string CreateInputs()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-inputs-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        void WriteNpy(string name, float[] values, int rows) =>
            File.WriteAllBytes(System.IO.Path.Combine(folder, name), FramedShape.CreateNpy("<f4", $"{rows}, {values.Length / rows}", Seeds.ToBytes(values)));
        var image = Seeds.Rows(Rows, Dimension, 1);

        // Captions lie near their images, and all of them off to one side.
        var text = Seeds.Rows(Rows, Dimension, 2).Zip(image, (noise, value) => value + (0.3f * noise)).Select((value, i) => i % Dimension == 1 ? value + 1 : value).ToArray();
        WriteNpy("image.npy", image, Rows);
        WriteNpy("text.npy", text, Rows);
        WriteNpy("queries.npy", text[..(60 * Dimension)], 60);
        WriteNpy("classes.npy", text[..(3 * Dimension)], 3);
        File.WriteAllText(System.IO.Path.Combine(folder, "classes.txt"), "cat\ndog\nbird\n");
        File.WriteAllLines(System.IO.Path.Combine(folder, "texts.txt"), Enumerable.Range(0, 120).Select(i => $"a photo of {i} cats"));
        Directory.CreateDirectory(System.IO.Path.Combine(folder, "model"));
        foreach (var file in Directory.EnumerateFiles(TinyModel.Folder))
            File.Copy(file, System.IO.Path.Combine(folder, "model", System.IO.Path.GetFileName(file)));

        TinyClip.DrawnDataSets.Write(System.IO.Path.Combine(folder, "data"), count: 64);

        var ml = Seeds.Context;
        var pairs = ml.ModalityGap().LoadFromNpy(("image", System.IO.Path.Combine(folder, "image.npy")), ("text", System.IO.Path.Combine(folder, "text.npy")));
        ml.Model.Save(ml.Transforms.CenterModalities("image", "text").Fit(pairs), pairs.Schema, System.IO.Path.Combine(folder, "map.zip"));
        ml.Model.Save(ml.Transforms.CenterModalities(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)).Fit(Seeds.Pairs), Seeds.Pairs.Schema, System.IO.Path.Combine(folder, "small.zip"));
        ml.ModalityGap().SaveAsParquet(Seeds.Pairs, System.IO.Path.Combine(folder, "table.parquet"));
        return folder;
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d UTC")]
    private static partial Regex Time();
}
