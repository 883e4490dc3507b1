using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>A file larger than the memory allowed must stream through.</summary>
[TestClass]
public class MemoryTests
{
    private const long Limit = 300L << 20;
    private const int Rows = 100_000;
    private const int Dimension = 1024;

    [TestMethod]
    public void FitAndTransform_OfAFileLargerThanTheLimit_StayBelowIt()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Reads the peak of the working set from /proc.");

        using var folder = new WorkFolder();
        var file = WriteSparse(folder.GetPath("big.npy"));
        Assert.IsGreaterThan(Limit, new FileInfo(file).Length);
        var map = folder.GetPath("map.zip");

        var fit = ToolRun.ExecuteProcess(["fit", "--modality", $"a={file}", "--modality", $"b={file}", "--skip-unusable", "--out", map], out var fitPeak);
        Assert.AreEqual(0, fit.ExitCode, fit.Error);
        CheckPeak(fitPeak);

        var transform = ToolRun.ExecuteProcess(["transform", "--map", map, "--modality", "a", "--in", file, "--out", folder.GetPath("out.npy"), "--dtype", "float16"], out var transformPeak);
        Assert.AreEqual(0, transform.ExitCode, transform.Error);
        CheckPeak(transformPeak);
    }

    [TestMethod]
    public void FitAndTransform_OfParquetLargerThanTheLimit_StayBelowIt()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Reads the peak of the working set from /proc.");

        using var folder = new WorkFolder();
        var (file, map) = (folder.GetPath("big.parquet"), folder.GetPath("map.zip"));
        var random = new Random(1);
        var vectors = Enumerable.Range(0, 64).Select(_ => Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.3f).ToArray()).ToArray();
        var ml = new MLContext();
        var schema = SchemaDefinition.Create(typeof(EmbeddingRow));
        schema[nameof(EmbeddingRow.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        ml.ModalityGap().SaveAsParquet(ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(i => new EmbeddingRow { Embedding = vectors[i % vectors.Length] }), schema), file, rowGroupRows: 2000);

        var fit = ToolRun.ExecuteProcess(["fit", "--method", "center", "--modality", $"a={file}", "--modality", $"b={file}", "--out", map], out var fitPeak);
        Assert.AreEqual(0, fit.ExitCode, fit.Error);
        CheckPeak(fitPeak);

        var transform = ToolRun.ExecuteProcess(["transform", "--map", map, "--modality", "a", "--in", file, "--out", folder.GetPath("out.parquet")], out var transformPeak);
        Assert.AreEqual(0, transform.ExitCode, transform.Error);
        CheckPeak(transformPeak);
    }

    /// <summary>What a process holds does not grow with the file: from 12 times the rows, with ids and captions beside them in tables, it takes less more than the file does.</summary>
    [TestMethod]
    [DataRow(".npz")]
    [DataRow(".safetensors")]
    [DataRow(".parquet")]
    [DataRow(".arrow")]
    [DataRow(".h5")]
    public void Transform_OfManyMoreRows_TakesNoMoreMemory(string extension)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Reads the peak of the working set from /proc.");

        using var folder = new WorkFolder();
        folder.WritePair(dimension: 512);
        var map = folder.GetPath("map.zip");
        Assert.AreEqual(0, ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", map]).ExitCode);
        var random = new Random(1);
        var vectors = Enumerable.Range(0, 64).Select(_ => Enumerable.Range(0, 512).Select(_ => random.NextSingle() - 0.3f).ToArray()).ToArray();
        var ml = new MLContext();
        var schema = SchemaDefinition.Create(typeof(EmbeddedItem));
        schema[nameof(EmbeddedItem.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 512);
        var (small, large) = (Measure(8_000), Measure(96_000));
        Assert.IsLessThan(Limit, large.Peak, $"The working set reached {large.Peak >> 20} MB.");
        Assert.IsLessThan(large.Length - small.Length, large.Peak - small.Peak, $"The working set grew from {small.Peak >> 20} MB to {large.Peak >> 20}.");

        (long Peak, long Length) Measure(int rows)
        {
            var (source, target) = (folder.GetPath("source" + extension), folder.GetPath("target" + extension));
            var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new EmbeddedItem { Item = $"the caption of row {i}", Embedding = vectors[i % vectors.Length] }), schema);
            OutputFiles.Write(ml, view, source, nameof(EmbeddedItem.Embedding), NpyElementType.Float32, isWhole: true);
            var run = ToolRun.ExecuteProcess(["transform", "--map", map, "--modality", "image", "--in", source, "--out", target], out var peak);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            var length = new FileInfo(source).Length;
            File.Delete(source);
            File.Delete(target);
            return (peak ?? 0, length);
        }
    }

    private static void CheckPeak(long? peak)
    {
        Assert.IsNotNull(peak);
        Assert.IsTrue(peak.Value is > 10L << 20 and < Limit, $"The working set reached {peak.Value >> 20} MB.");
    }

    /// <summary>Mostly holes, which read as rows of zeros: as long as any other file, and written at once.</summary>
    private static string WriteSparse(string path)
    {
        using var stream = File.Create(path);
        WorkFolder.WriteHeader(stream, $"{Rows}, {Dimension}", "<f4");
        var start = stream.Position;
        var random = new Random(1);
        var row = new float[Dimension];
        for (var i = 0; i < 100; i++)
        {
            for (var d = 0; d < Dimension; d++)
                row[d] = random.NextSingle() - 0.3f;
            stream.Write(MemoryMarshal.AsBytes<float>(row));
        }

        stream.SetLength(start + (long)Rows * Dimension * sizeof(float));
        return path;
    }
}
