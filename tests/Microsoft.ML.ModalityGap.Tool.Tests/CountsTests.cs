using System.Globalization;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Guards of speed that no machine's speed sways: how often rows are read, and what a row costs in memory. Nothing else may run meanwhile, as memory is counted of the whole process.</summary>
[TestClass]
[DoNotParallelize]
public class CountsTests
{
    // Narrow, so that what rows of their own would take is far more than a buffer.
    private const int Dimension = 8;

    // Rows of four windows, as many as a cursor holds. How many cursors there are at a time is the threads' affair: some runs make two or three more than others.
    private const int WindowRows = (1 << 20) / (Dimension * sizeof(float));

    // An object of a row's own would have 24 at least.
    private const int BytesPerRow = 8;

    [TestMethod]
    [DataRow("fit --method center --modality image={0} --out {1}.zip --force")]
    [DataRow("transform --map map.zip --modality image --in {0} --out {1}.npy --force")]
    public void Rows_AreReadOnceAndTakeNoMemory(string command)
    {
        using var folder = new WorkFolder();
        var few = WindowRows * Math.Max(20, Environment.ProcessorCount);
        var (first, second) = (Write(folder, "few.npy", few), Write(folder, "many.npy", 2 * few));
        Assert.AreEqual(0, ToolRun.Execute("fit", "--method", "center", "--modality", $"image={first}", "--out", folder.GetPath("map.zip")).ExitCode);
        Measure(folder, command, first);
        var (rows, allocated) = Measure(folder, command, first);
        var (doubleRows, doubleAllocated) = Measure(folder, command, second);
        Assert.AreEqual(few, rows);
        Assert.AreEqual(2 * few, doubleRows);
        Assert.IsLessThan((long)few * BytesPerRow, doubleAllocated - allocated);
    }

    [TestMethod]
    public void Evaluate_ReadsRowsOnce()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(60, Measure(["evaluate", .. folder.PairOptions]).Rows);
    }

    private static (long Rows, long Allocated) Measure(WorkFolder folder, string command, string input) =>
        Measure([.. command.Split(' ').Select(word => word == "map.zip" ? folder.GetPath(word) : string.Format(CultureInfo.InvariantCulture, word, input, folder.GetPath("out")))]);

    private static (long Rows, long Allocated) Measure(string[] line)
    {
        // Told from as many threads as there are cursors.
        var (read, gate) = (0L, new Lock());
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var run = ToolRun.Execute(line, observeRows: count =>
        {
            lock (gate)
                read = Math.Max(read, count);
        });
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return (read, allocated);
    }

    private static string Write(WorkFolder folder, string name, int rows)
    {
        var path = folder.GetPath(name);
        using var stream = File.Create(path);
        NpyHeader.Write(stream, NpyElementType.Float32, rows, Dimension);
        var random = new Random(rows);
        var block = new float[WindowRows * Dimension];
        for (var i = 0; i < block.Length; i++)
            block[i] = random.NextSingle() - 0.4f;
        for (var row = 0; row < rows; row += WindowRows)
            stream.Write(MemoryMarshal.AsBytes(block.AsSpan()));
        return path;
    }
}
