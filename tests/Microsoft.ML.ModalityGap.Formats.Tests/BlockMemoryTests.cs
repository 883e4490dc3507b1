using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class BlockMemoryTests
{
    [TestMethod]
    public void Blocks_AboveWhatThereIs_AreRefusedAndLargeOnesSaid()
    {
        var ml = new MLContext();
        var said = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                said.Add(e.Message);
        };
        var host = ((IHostEnvironment)ml).Register("test");
        BlockMemory.Check(host, "a.parquet", "row group 3", 900_000_000, 8L << 30);
        Assert.IsEmpty(said);
        BlockMemory.Check(host, "a.parquet", "row group 3", 3_000_000_000, 8L << 30);
        Assert.Contains("'a.parquet': row group 3 takes about 3.0 GB of memory", said.Single());
        var error = Assert.ThrowsExactly<InvalidDataException>(() => BlockMemory.Check(host, "a.parquet", "row group 3", 10_000_000_000, 8_000_000_000));
        Assert.Contains("row_group_size=4096", error.Message);
        Assert.Contains("8.0 GB", error.Message);
    }
}
