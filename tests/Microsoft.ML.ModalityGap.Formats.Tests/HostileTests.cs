using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using ColumnMetaData = Parquet.Meta.ColumnMetaData;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Files that somebody made to hurt: what the libraries would believe is held against what is there before they see it.</summary>
[TestClass]
public class HostileTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>A thousand zeros, and a footer of a few bytes that Parquet.Net reads without end.</summary>
    [TestMethod]
    public void Parquet_FooterWithoutEnd_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("endless.parquet");
        File.WriteAllBytes(path, ParquetBytes.Enclose(new byte[1000], Convert.FromHexString("1502F74114598C9A3E60A808000004250018")));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromParquet(path)).Message;
        Assert.Contains("endless.parquet", message);
        Assert.Contains("begins at byte 1004", message);
    }

    /// <summary>A list of two thousand million columns, of which no more follows.</summary>
    [TestMethod]
    public void Parquet_ListThatIsNotThere_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("long.parquet");

        // Field 2, a list: of structs, fifteen or more, and how many.
        File.WriteAllBytes(path, ParquetBytes.Enclose([], [0x29, 0xFC, 0x80, 0x94, 0xEB, 0xDC, 0x03]));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromParquet(path)).Message;
        Assert.Contains("field 2 of FileMetaData with 1000000000 entries", message);
    }

    [TestMethod]
    public void Parquet_SchemaNestedToADepthThatTakesTheStack_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("deep.parquet");
        const int Depth = 100_000;

        // Elements with a name and one child each; the stop of each and of all.
        byte[] element = [0x48, 1, (byte)'x', 0x15, 2, 0];
        File.WriteAllBytes(path, ParquetBytes.Enclose([], [0x15, 2, 0x19, 0xFC, .. ParquetBytes.Varint(Depth), .. Enumerable.Repeat(element, Depth).SelectMany(bytes => bytes), 0x16, 0, 0x19, 0x0C, 0]));
        Assert.Contains("nested to a depth of more than 64", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromParquet(path)).Message);
    }

    [TestMethod]
    [DataRow(2_000_000_000, 100, 10, "would come to 2000000000 bytes")] // unpacks to gigabytes
    [DataRow(100, 2_000_000_000, 10, "would be 2000000000 bytes long")] // is longer than the file
    [DataRow(100, -1, 10, "would be -1 bytes long")] // leads back to itself
    [DataRow(100, 100, -1, "would have -1 values")]
    [DataRow(100, 100, 0, "begins at byte 123")] // has no values, so that there would have to be another, and so on
    public void Parquet_PageThatCannotBe_IsRefused(int unpacked, int packed, int values, string said)
    {
        // Kind 0, the sizes; field 5, what a page of data has: values and encodings.
        byte[] header = [0x15, 0, 0x15, .. ParquetBytes.Zigzag(unpacked), 0x15, .. ParquetBytes.Zigzag(packed), 0x2C, 0x15, .. ParquetBytes.Zigzag(values), 0x15, 0, 0x15, 6, 0x15, 6, 0, 0];
        using var stream = new MemoryStream(ParquetBytes.Enclose([.. header, .. Enumerable.Repeat((byte)0xFF, 100)], []));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ParquetCheck.CheckPages("p", stream, new ColumnMetaData { NumValues = 10, DataPageOffset = 4 })).Message;
        Assert.Contains(said, message);
    }

    /// <summary>
    /// A page of 30 KB that unpacks to a text of a million letters, and to any number of others that each take over all of it: they would come to terabytes. The same page in another encoding may be.
    /// </summary>
    [TestMethod]
    [DataRow(Parquet.Meta.Encoding.DELTA_BYTE_ARRAY, 4_000_000, false)]
    [DataRow(Parquet.Meta.Encoding.DELTA_BYTE_ARRAY, 20, true)]
    [DataRow(Parquet.Meta.Encoding.DELTA_LENGTH_BYTE_ARRAY, 4_000_000, true)]
    public void Parquet_TextsThatTakeOverTheOneBefore_ComeToNoMoreThanTheFileCanHold(Parquet.Meta.Encoding encoding, int values, bool isAllowed)
    {
        const int Unpacked = 1_000_000, Packed = 32_000;
        byte[] header = [0x15, 0, 0x15, .. ParquetBytes.Zigzag(Unpacked), 0x15, .. ParquetBytes.Zigzag(Packed), 0x2C, 0x15, .. ParquetBytes.Zigzag(values), 0x15, .. ParquetBytes.Zigzag((int)encoding), 0x15, 6, 0x15, 6, 0, 0];
        using var stream = new MemoryStream(ParquetBytes.Enclose([.. header, .. new byte[Packed]], []));
        void Check() => ParquetCheck.CheckPages("p", stream, new ColumnMetaData { NumValues = values, DataPageOffset = 4 });
        if (isAllowed)
            Check();
        else
            Assert.Contains("DELTA_BYTE_ARRAY", Assert.ThrowsExactly<InvalidDataException>(Check).Message);
    }

    /// <summary>Where texts begin, and where the last one ends: far outside of them.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Arrow_TextOutsideTheFile_IsRefused(bool isFile)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("texts.arrow");
        var offsets = new ArrowBuffer.Builder<int>().Append(0).Append(1 << 30).Append(1 << 30).Build();
        WriteArrow(path, isFile, new StringArray(2, offsets, new ArrowBuffer.Builder<byte>().Append(65).Build(), ArrowBuffer.Empty));
        var view = _ml.ModalityGap().LoadFromArrow(path);
        Assert.Contains("texts.arrow", Assert.ThrowsExactly<InvalidDataException>(() => Data.ColumnCursorExtensions.GetColumn<string>(view, "x").ToArray()).Message);
    }

    /// <summary>Chunks that nobody wrote take no room, so a file of a few KB may have any number of rows.</summary>
    [TestMethod]
    [DataRow(long.MaxValue, 1L)]
    [DataRow(long.MaxValue, 2L)]
    [DataRow(1L << 40, 1L << 10)]
    public void Hdf5_MoreRowsThanThereCanBe_IsRefused(long rows, long windowRows) =>
        Assert.Contains($"{rows} rows", Assert.ThrowsExactly<InvalidDataException>(() => Hdf5Table.CountWindows("x.h5", rows, windowRows)).Message);

    /// <summary>A chunk is unpacked as a whole, whatever is asked of it; so one of gigabytes in a file of some KB is refused.</summary>
    [TestMethod]
    public void Hdf5_ChunksLargerThanTheFileCanFill_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("chunks.h5");
        var rows = new float[600, 4];
        rows[1, 2] = 1;
        new PureHDF.H5File { ["embedding"] = new PureHDF.H5Dataset(rows, chunks: [300, 4]) }.Write(path);
        Assert.HasCount(600, Embeddings.Read(_ml.ModalityGap().LoadFromHdf5(path), "embedding"));

        // The chunk's shape, and how long a number is, in two bytes each.
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2C, 0x01, 0x04, 0x00, 0x04, 0x00]);
        Assert.IsGreaterThan(0, at);
        bytes.AsSpan(at, 4).Fill(0xFF);
        File.WriteAllBytes(path, bytes);
        var message = Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(_ml.ModalityGap().LoadFromHdf5(path), "embedding")).Message;
        Assert.Contains("a chunk of 'embedding' would come to 17", message);
    }

    [TestMethod]
    [DataRow(0L, 5L, 0)]
    [DataRow(10L, 5L, 2)]
    [DataRow(11L, 5L, 3)]
    [DataRow(1L, long.MaxValue, 1)]
    [DataRow(1L << 18, 1L, 1 << 18)]
    public void Hdf5_Windows_AreAsManyAsHoldTheRows(long rows, long windowRows, int windows) => Assert.AreEqual(windows, Hdf5Table.CountWindows("x.h5", rows, windowRows));

    [TestMethod]
    public void EveryKind_ColumnWithoutAName_IsLeftOut()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("nameless.arrow");
        var numbers = new Int64Array.Builder().Append(1).Append(2).Build();
        WriteArrow(path, true, [("", numbers), ("id", numbers)]);
        var view = _ml.ModalityGap().LoadFromArrow(path);
        Assert.AreEqual("id", string.Join(", ", view.Schema.Select(column => column.Name)));
    }

    /// <summary>
    /// At every place of a file a number of the greatest that there are, as lengths, counts, offsets and sizes are written: an error that names the file, or rows; never more memory than some times the file.
    /// </summary>
    [TestMethod]
    [DataRow("file.arrow")]
    [DataRow("stream.arrow")]
    [DataRow("zstd.arrow")]
    [DataRow("lz4.arrow")]
    [DataRow("lists.arrow")]
    [DataRow("t.parquet")]
    [DataRow("delta.parquet")]
    [DataRow("delta-length.parquet")]
    public void GreatNumberAnywhere_TakesLittleMemory(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        WriteSmall(path);
        var bytes = File.ReadAllBytes(path);
        byte[][] numbers = name.EndsWith(".parquet", StringComparison.Ordinal)
            ? [[0xFE, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0x7F]]
            : [[0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]];
        var step = name == "t.parquet" ? 1 : name.EndsWith(".parquet", StringComparison.Ordinal) ? 7 : 4;
        var (read, refused) = GreatNumbers.Try(path, bytes, numbers, first: 0, step, file =>
        {
            var view = name.EndsWith(".parquet", StringComparison.Ordinal) ? _ml.ModalityGap().LoadFromParquet(file) : _ml.ModalityGap().LoadFromArrow(file);
            foreach (var column in view.Schema.Where(column => column.Type is Data.VectorDataViewType))
                Embeddings.Read(view, column.Name);
            foreach (var column in view.Schema.Where(column => column.Type is Data.TextDataViewType))
                _ = Data.ColumnCursorExtensions.GetColumn<ReadOnlyMemory<char>>(view, column.Name).Count();
            foreach (var column in view.Schema.Where(column => column.Type == Data.NumberDataViewType.Int64))
                _ = Data.ColumnCursorExtensions.GetColumn<long>(view, column.Name).Count();
        });

        Console.WriteLine($"{name}: {bytes.Length} bytes, {read} read, {refused} refused");
        Assert.IsGreaterThan(0, read);
        Assert.IsGreaterThan(20, refused);
        OpenHandles.AssertNone(folder.Path);
    }

    private void WriteSmall(string path)
    {
        var vectors = Embeddings.Draw(6, 4);
        if (Path.GetFileName(path).StartsWith("delta", StringComparison.Ordinal))
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", Path.GetFileName(path)), path);
            return;
        }

        if (path.EndsWith(".parquet", StringComparison.Ordinal))
        {
            _ml.ModalityGap().SaveAsParquet(Embeddings.CreateTable(_ml, vectors), path, ["Id", "Caption", "Embedding"]);
            return;
        }

        var numbers = new FloatArray.Builder();
        foreach (var vector in vectors)
            numbers.Append(vector.AsSpan());
        var name = Path.GetFileName(path);
        IArrowArray lists = name == "lists.arrow"
            ? new ListArray(new ListType(FloatType.Default), 6, new ArrowBuffer.Builder<int>().AppendRange(Enumerable.Range(0, 7).Select(i => 4 * i)).Build(), numbers.Build(), ArrowBuffer.Empty)
            : new FixedSizeListArray(new FixedSizeListType(FloatType.Default, 4), 6, numbers.Build(), ArrowBuffer.Empty);
        var texts = new StringArray.Builder().AppendRange(Enumerable.Range(0, 6).Select(i => $"caption {i}")).Build();
        WriteArrow(path, name != "stream.arrow", [("embedding", lists), ("caption", texts)], name switch { "zstd.arrow" => CompressionCodecType.Zstd, "lz4.arrow" => CompressionCodecType.Lz4Frame, _ => null });
    }

    private static void WriteArrow(string path, bool isFile, IArrowArray column) => WriteArrow(path, isFile, [("x", column)]);

    private static void WriteArrow(string path, bool isFile, (string Name, IArrowArray Values)[] columns, CompressionCodecType? compression = null)
    {
        using var stream = File.Create(path);
        var schema = new Apache.Arrow.Schema(columns.Select(column => new Field(column.Name, column.Values.Data.DataType, nullable: true)), metadata: null);
        var options = new IpcOptions { CompressionCodec = compression, CompressionCodecFactory = new CompressionCodecFactory() };
        using var writer = isFile ? new ArrowFileWriter(stream, schema, leaveOpen: true, options) : new ArrowStreamWriter(stream, schema, leaveOpen: true, options);
        writer.WriteRecordBatch(new RecordBatch(schema, columns.Select(column => column.Values), columns[0].Values.Length));
        writer.WriteEnd();
    }
}
