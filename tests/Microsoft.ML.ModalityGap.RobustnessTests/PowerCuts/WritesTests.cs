using Microsoft.ML.ModalityGap.Fuzz;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>What a command hands the system to write: each byte once.</summary>
[TestClass]
public class WritesTests
{
    private const int Page = 4096;

    /// <summary>A guard on the time of <c>transform</c>, most of which is copies to the page cache: numbers are written once, and of no page two parts.</summary>
    [TestMethod]
    public void Transform_OfSeveralBlocks_WritesEachByteOnceAndNoPageInParts()
    {
        const int Rows = 40_000, Dimension = 16;
        var library = PowerCutLayer.Get();
        using var folder = new ToolFolder();
        var input = Path.Combine(folder.Path, "rows.npy");
        File.WriteAllBytes(input, FramedShape.CreateNpy("<f8", $"{Rows}, {Dimension}", new byte[Rows * Dimension * sizeof(double)]));
        var log = Path.Combine(folder.Path, "log");
        folder.Run("transform --map in/map.zip --modality image --in rows.npy --out out/mapped.npy --dtype float64", ("LD_PRELOAD", library), ("POWERCUT_ROOT", folder.Out), ("POWERCUT_LOG", log));

        var output = new FileInfo(Path.Combine(folder.Out, "mapped.npy"));
        var header = output.Length - Rows * Dimension * sizeof(double);
        var numbers = DiskOperation.Read(log).Where(operation => operation.Kind == 'w' && operation.Data.Length > Page).OrderBy(write => write.Offset).ToArray();
        Assert.IsGreaterThan(2, numbers.Length);
        Assert.AreEqual(output.Length - header, numbers.Sum(write => (long)write.Data.Length));
        foreach (var write in numbers.Skip(1))
            Assert.AreEqual(0, write.Offset % Page, $"{write.Data.Length} bytes at {write.Offset}");
    }
}
