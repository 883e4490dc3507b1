using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Data;

/// <summary>How rows get into files: in blocks, each byte once, without a copy where none is needed.</summary>
[TestClass]
public sealed class BlockWriterTests : IDisposable
{
    private const int BlockBytes = 1 << 18;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(128, 2048, 3000)]
    [DataRow(0, 2048, 3000)]
    [DataRow(80, 1_000_003, 7)]
    [DataRow(80, 5_000_001, 3)] // rows longer than two blocks
    [DataRow(BlockBytes + 12, 4, 300_000)]
    [DataRow(128, 2048, 0)]
    public void Rows_OfAnyLengthAnywhere_AreWrittenOnceInWholeBlocks(int start, int rowBytes, int rowCount)
    {
        using var stream = new RecordingStream();
        stream.Write(new byte[start]);
        stream.Writes.Clear();
        var expected = new byte[(long)rowBytes * rowCount];
        new Random(1).NextBytes(expected);
        using (var writer = new BlockWriter(stream, rowBytes, rowCount))
        {
            for (var i = 0; i < rowCount; i++)
                expected.AsSpan(i * rowBytes, rowBytes).CopyTo(writer.AddRow());
            writer.Complete();
        }

        Assert.IsTrue(stream.ToArray().AsSpan(start).SequenceEqual(expected));
        Assert.AreEqual(expected.Length, stream.Writes.Sum(write => write.Length));
        foreach (var (position, length) in stream.Writes.SkipLast(1))
            Assert.AreEqual(0, (position + length) % BlockBytes, $"the end of {length} bytes at {position}");
    }

    [TestMethod]
    public void Room_ThatRowsDoNotNeed_IsGivenBack()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Room is asked for on Linux.");
        var path = _folder.File("rows");
        using (var stream = new FileStream(path, FileMode.CreateNew))
        {
            stream.Write(new byte[128]);
            using var writer = new BlockWriter(stream, 2048, rowCount: 20_000);
            writer.AddRow().Fill(1);
            writer.Complete();
        }

        Assert.AreEqual(128 + 2048, new FileInfo(path).Length);
        Assert.IsLessThan(1 << 20, MeasureRoom(path));
    }

    [TestMethod]
    public void Memory_ForFiles_BeginsAtACacheLine()
    {
        for (var length = 1; length < 300_000; length = length * 3 + 1)
        {
            var memory = AlignedBytes.Allocate(length);
            Assert.AreEqual(length, memory.Length);
            Assert.AreEqual(0, AddressOf(memory) % 64);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void MappedRows_MadeWhereTheyAreWanted_AreThoseOfTheGetter(bool isLong)
    {
        var ml = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(ml);
        var columns = isLong ? ModalityColumns.PerRow("Image", "Modality") : ModalityColumns.PerColumn("Image", "Text");
        var mapped = ml.Transforms.CenterModalities(columns).Fit(data).Transform(data);
        var image = mapped.Schema["Image"];
        using var cursor = mapped.GetRowCursor(mapped.Schema);
        var (get, make) = (cursor.GetGetter<VBuffer<float>>(image), ((IRowMakers)cursor).CreateMaker(image)!);
        VBuffer<float> expected = default;
        var made = new float[13];
        while (cursor.MoveNext())
        {
            get(ref expected);
            make(made);
            CollectionAssert.AreEqual(expected.DenseValues().ToArray(), made);
        }

        Assert.IsNull(((IRowMakers)cursor).CreateMaker(mapped.Schema["Id"]), "A column that passes is not made.");
    }

    private static unsafe nint AddressOf(Memory<byte> memory)
    {
        using var pin = memory.Pin();
        return (nint)pin.Pointer;
    }

    private static long MeasureRoom(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("du", ["-B1", path]) { RedirectStandardOutput = true })!;
        return long.Parse(process.StandardOutput.ReadToEnd().Split('\t')[0], CultureInfo.InvariantCulture);
    }

    private sealed class RecordingStream : MemoryStream
    {
        internal List<(long Position, int Length)> Writes { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes.Add((Position, buffer.Length));
            base.Write(buffer);
        }
    }
}
