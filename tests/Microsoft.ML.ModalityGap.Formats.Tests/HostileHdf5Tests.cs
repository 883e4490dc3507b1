using System.Buffers.Binary;
using Microsoft.ML.Data;
using PureHDF;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>HDF5 files that somebody made to hurt: what PureHDF would believe is held against what is there, where it reads.</summary>
[TestClass]
public class HostileHdf5Tests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>
    /// At every place of a file a number of the greatest that there are: names, values, heaps, tables and chunks of gigabytes. An error that names the file, or rows; never more memory than some times the file.
    /// </summary>
    [TestMethod]
    [DataRow("plain", 7)]
    [DataRow("packed", 7)]
    [DataRow("latest.h5", 13)]
    [DataRow("lzf.h5", 13)]
    [DataRow("h5py.h5", 301)]
    [DataRow("many.h5", 301)]
    public void GreatNumberAnywhere_TakesLittleMemory(string name, int step)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("great.h5");
        var bytes = name.EndsWith(".h5", StringComparison.Ordinal) ? File.ReadAllBytes(Golden(name)) : WriteSmall(path, name == "packed");
        var (read, refused) = GreatNumbers.Try(path, bytes, [[0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0x3F, 0, 0, 0, 0], [0xFE, 0xFF, 0xFF]], first: 8, step, ReadAll);
        Console.WriteLine($"{name}: {bytes.Length} bytes, {read} read, {refused} refused");
        Assert.IsGreaterThan(20, read);
        Assert.IsGreaterThan(20, refused);
        OpenHandles.AssertNone(folder.Path);
    }

    /// <summary>What the newest format finds chunks, links and attributes by is read as before.</summary>
    [TestMethod]
    public void ManyStructures_AreRead()
    {
        var file = Golden("many.h5");
        var view = _ml.ModalityGap().LoadFromHdf5(file + ":both");
        foreach (var name in (string[])["both", "fixed", "one", "implicit", "growing"])
            CollectionAssert.AreEqual(Enumerable.Range(0, 240).Select(i => (i - 100) / 8f).ToArray(), Embeddings.Read(view, name).SelectMany(row => row).ToArray(), name);
        CollectionAssert.AreEqual(Enumerable.Range(-7, 40).ToArray(), view.GetColumn<int>("scaled").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(9, 40).Select(i => (long)i).ToArray(), view.GetColumn<long>("group/dataset 9").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(3, 40).Select(i => (long)i).ToArray(), view.GetColumn<long>("soft").ToArray());
        Assert.AreEqual("0123456789abcdef", view.Schema["one"].FindMapFingerprint());
    }

    /// <summary>PureHDF opens what a link names, /dev/stdin here, and waits for it.</summary>
    [TestMethod]
    public void LinkToAnotherFile_IsRefused()
    {
        var message = Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromHdf5(Golden("linked.h5"))).Message;
        Assert.Contains("links to another file: 'other' is '/x' of '/dev/stdin'", message);
    }

    [TestMethod]
    [DataRow("external.h5")]
    [DataRow("virtual.h5")]
    public void NumbersInAnotherFile_AreNotRead(string name)
    {
        var file = Golden(name);
        Assert.HasCount(40, Embeddings.Read(_ml.ModalityGap().LoadFromHdf5(file), "embedding"));
        Assert.IsNull(_ml.ModalityGap().LoadFromHdf5(file).Schema.GetColumnOrNull("other"));
        Assert.Contains("numbers that lie in other files", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromHdf5(file, ["other"])).Message);
    }

    /// <summary>A header that goes on in itself, which takes the stack.</summary>
    [TestMethod]
    public void HeaderThatContinuesInItself_IsRefused() => Assert.Contains("lie within each other without end", Refuse(Hdf5Bytes.Continue(WriteSmall(), [0])));

    /// <summary>Headers that go on in two others each, sixty of them: 2^60 messages.</summary>
    [TestMethod]
    public void HeadersReadOverAndOver_AreRefused() => Assert.Contains("read over and over", Refuse(Hdf5Bytes.Continue(WriteSmall(), [.. Enumerable.Range(1, 59).Select(i => (int[])[i, i]), []])));

    /// <summary>Thousands of rows that all name one text of a million letters.</summary>
    [TestMethod]
    public void TextThatManyRowsName_IsMadeOnce()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("texts.h5");
        const int Rows = 5000, Letters = 1_000_003;
        new H5File { ["embedding"] = new float[Rows, 1], ["caption"] = Enumerable.Range(0, Rows).Select(i => i == 0 ? new string('a', Letters) : "").ToArray() }.Write(path);
        var bytes = File.ReadAllBytes(path);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, Letters);
        var place = bytes.AsSpan().IndexOf(length);
        while (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(place + 4)) is <= 0 or > 2_000_000)
            place += 1 + bytes.AsSpan(place + 1).IndexOf(length);
        for (var row = 1; row < Rows; row++)
            bytes.AsSpan(place, 16).CopyTo(bytes.AsSpan(place + (16 * row)));
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var texts = _ml.ModalityGap().LoadFromHdf5(path).GetColumn<ReadOnlyMemory<char>>("caption").ToArray();
        Assert.IsLessThan(GreatNumbers.AllowedBytes, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.HasCount(Rows, texts);
        Assert.IsTrue(texts.All(text => text.Length == Letters));
    }

    [TestMethod]
    public void ChunkPackedTwice_IsRefused()
    {
        var bytes = WriteSmall(packed: true);

        // Of the filters' numbers, that of shuffle.
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[2, 2, 2, 0]);
        Assert.IsGreaterThan(0, at);
        bytes[at + 2] = 1;
        Assert.Contains("packed more than once", Refuse(bytes));
    }

    [TestMethod]
    public void Lzf_LengthThatBytesCannotComeTo_TakesNoMemory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => LzfFilter.Unpack([0xE0, 0xFF, 0], int.MaxValue));
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow("FRHP", "05000000", false)] // five columns, no rows
    [DataRow("FRHP", "00A0FFFF", true)]
    [DataRow("BTHD", "00080000", false)] // nodes of 2048 bytes
    [DataRow("BTHD", "00000010", true)]
    [DataRow("BTHD", "05000000", true)] // less than a node's head
    [DataRow("FAHD", "0A00000020000000", false)] // 2^29 entries in pages of 2^10
    [DataRow("FAHD", "1E00000020000000", true)]
    [DataRow("EAHD", "200A", false)]
    [DataRow("EAHD", "3F0A", true)]
    [DataRow("EAHD", "203F", true)]
    public void TableOfMoreEntriesThanThereAre_IsRefused(string signature, string stated, bool isRefused)
    {
        var bytes = new byte[256];
        var number = Convert.FromHexString(stated);
        var places = signature switch { "FRHP" => [106, 106 + 2 + 16 + 4 + 8], "BTHD" => [2], "FAHD" => [3, 4], _ => (int[])[3, 7] };
        var length = number.Length / places.Length;
        for (var i = 0; i < places.Length; i++)
            (signature == "FAHD" ? i == 0 ? number.AsSpan(0, 1) : number.AsSpan(1) : number.AsSpan(i * length, length)).CopyTo(bytes.AsSpan(places[i]));
        byte[] head = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 3, 8, 8, 0];
        var structures = new Hdf5Structures("x.h5", 4096, head);
        void Check() => structures.Check(System.Text.Encoding.ASCII.GetBytes(signature), (span, offset) => bytes.AsSpan(offset, span.Length).CopyTo(span));
        if (isRefused)
            Assert.Contains("x.h5", Assert.ThrowsExactly<InvalidDataException>(Check).Message);
        else
            Check();
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    private static byte[] WriteSmall(bool packed = false)
    {
        using var folder = new TemporaryFolder();
        return WriteSmall(folder.File("small.h5"), packed);
    }

    private static byte[] WriteSmall(string path, bool packed)
    {
        var rows = new float[20, 4];
        for (var i = 0; i < rows.Length; i++)
            rows[i / 4, i % 4] = i % 7;
        var creation = packed ? new PureHDF.VOL.Native.H5DatasetCreation(Filters: [PureHDF.Filters.ShuffleFilter.Id, PureHDF.Filters.DeflateFilter.Id]) : default;
        var embedding = new H5Dataset(rows, chunks: packed ? [7, 4] : null, datasetCreation: creation);
        embedding.Attributes["modality_gap_fingerprint"] = "0123456789abcdef";
        new H5File { ["embedding"] = embedding, ["caption"] = Enumerable.Range(0, 20).Select(i => $"caption {i}").ToArray(), ["group"] = new H5Group { ["id"] = Enumerable.Range(0, 20).ToArray() } }.Write(path);
        return File.ReadAllBytes(path);
    }

    private string Refuse(byte[] file)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("refused.h5");
        File.WriteAllBytes(path, file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ReadAll(path)).Message;
        Assert.IsLessThan(GreatNumbers.AllowedBytes, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains("refused.h5", message);
        return message;
    }

    private void ReadAll(string path)
    {
        var view = _ml.ModalityGap().LoadFromHdf5(path);
        foreach (var column in view.Schema.Where(column => column.Type is VectorDataViewType))
            Embeddings.Read(view, column.Name);
        foreach (var column in view.Schema.Where(column => column.Type is TextDataViewType))
            _ = view.GetColumn<ReadOnlyMemory<char>>(column.Name).Count();
        foreach (var column in view.Schema.Where(column => column.Type == NumberDataViewType.Int32))
            _ = view.GetColumn<int>(column.Name).Count();
    }
}
