using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.Data;
using static Microsoft.ML.ModalityGap.Tests.Alignment.CenterModalitiesTests;

namespace Microsoft.ML.ModalityGap.Tests.Data;

[TestClass]
public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("<f4", 1)]
    [DataRow("<f2", 1)]
    [DataRow("<f8", 2)]
    [DataRow("<f4", 3)]
    public void LoadFromNpy_Matrix_ReadsItsRows(string type, int version)
    {
        float[] values = [1.5f, -2, 0.25f, 4, 5, -0.5f];
        var path = Write("a.npy", type, "(3, 2)", values, version);
        var data = _context.ModalityGap().LoadFromNpy(path);
        Assert.AreEqual(3, data.GetRowCount());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2), data.Schema["Embedding"].Type);
        CollectionAssert.AreEqual(values, ReadRows(data, "Embedding").SelectMany(row => row).ToArray());
    }

    [TestMethod]
    public void LoadFromNpy_ThreeDimensions_ReadsAColumnPerMatrix()
    {
        var path = Write("pair.npy", "<f4", "(2, 3, 2)", [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60]);
        CollectionAssert.AreEqual(new[] { "Image", "Text" }, _context.ModalityGap().LoadFromNpy(path).Schema.Select(column => column.Name).ToArray());
        var data = _context.ModalityGap().LoadFromNpy(path, "video", "text");
        CollectionAssert.AreEqual(new float[] { 30, 40 }, ReadRows(data, "text")[1]);
        CollectionAssert.AreEqual(new float[] { 5, 6 }, ReadRows(data, "video")[2]);
    }

    [TestMethod]
    public void LoadFromNpy_SeveralFiles_AreColumns()
    {
        var a = Write("a.npy", "<f4", "(2, 2)", [1, 2, 3, 4]);
        var b = Write("b.npy", "<f8", "(2, 3)", [1, 2, 3, 4, 5, 6]);
        var data = _context.ModalityGap().LoadFromNpy(("image", a), ("text", b));
        CollectionAssert.AreEqual(new float[] { 4, 5, 6 }, ReadRows(data, "text")[1]);
        CollectionAssert.AreEqual(new float[] { 3, 4 }, ReadRows(data, "image")[1]);

        var short1 = Write("c.npy", "<f4", "(1, 2)", [1, 2]);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromNpy(("image", a), ("text", short1)));
        StringAssert.Contains(exception.Message, "has 2 and 'text'");
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().LoadFromNpy(("image", a), ("image", a)));
    }

    [TestMethod]
    public void LoadFromNpy_ManyBlocks_ReadsTheSameOnEveryPath()
    {
        // 3,000 rows of 4 kB: several windows of the mapped file, and several blocks for parallel cursors.
        var values = TestEmbeddings.Create(3000, 1000, seed: 1);
        var path = Write("big.npy", "<f4", "(3000, 1000)", values);
        var data = _context.ModalityGap().LoadFromNpy(path);
        var rows = Conformance.ColumnValues.Read(data, "Embedding");
        for (var i = 0; i < 3000; i += 7)
            CollectionAssert.AreEqual(values.AsSpan(i * 1000, 1000).ToArray(), (float[])rows[i][0]);
        var parallel = Conformance.ColumnValues.ReadParallel(data, "Embedding");
        Assert.HasCount(3000, parallel);
        for (var i = 0; i < 3000; i++)
            Assert.IsTrue(Conformance.ColumnValues.AreEqual(rows[i][0], parallel[i][0]), $"row {i}");
        Assert.IsGreaterThan(1, data.GetRowCursorSet(data.Schema, 2).Length);
    }

    [TestMethod]
    public void LoadFromNpy_NoRows_HasASchema()
    {
        var data = _context.ModalityGap().LoadFromNpy(Write("empty.npy", "<f4", "(0, 4)", []));
        Assert.AreEqual(0, data.GetRowCount());
        Assert.IsEmpty(ReadRows(data, "Embedding"));
    }

    [TestMethod]
    public void LoadFromNpy_Text_IsNoNpyFile()
    {
        File.WriteAllText(_folder.File("x.npy"), "not numbers at all");
        AssertRefused(_folder.File("x.npy"), "is no .npy file");
        File.WriteAllText(_folder.File("y.npy"), "");
        AssertRefused(_folder.File("y.npy"), "is no .npy file");
    }

    [TestMethod]
    public void LoadFromNpy_CutAnywhere_Throws()
    {
        var content = File.ReadAllBytes(Write("a.npy", "<f4", "(3, 2)", [1, 2, 3, 4, 5, 6]));
        for (var length = 0; length < content.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut.npy"), content[..length]);
            var exception = Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromNpy(_folder.File("cut.npy")), $"cut after {length}");
            StringAssert.Contains(exception.Message, "cut.npy");
        }
    }

    [TestMethod]
    public void LoadFromNpy_WhatCannotBeRead_SaysWhatItIsAndWhatToDo()
    {
        AssertRefused(Write("complex.npy", "<c8", "(1, 1)", [1, 2]), "'<c8'", "astype('<f4')");
        AssertRefused(Write("text.npy", "<U1", "(1, 2)", [1, 2]), "'<U1'");
        AssertRefused(Write("boolean.npy", "|b1", "(1, 2)", [1, 2]), "'|b1'");
        AssertRefused(Write("long.npy", "<f4", "(1, 2)" + new string(' ', 12_000), [1, 2]), "a header of");
        AssertRefused(Write("1d.npy", "<f4", "(2,)", [1, 2]), "the shape (2,)", "(N, D) is expected");
        AssertRefused(Write("4d.npy", "<f4", "(1, 1, 1, 2)", [1, 2]), "the shape (1, 1, 1, 2)");
        AssertRefused(Write("3d.npy", "<f4", "(3, 1, 1)", [1, 2, 3]), "3 modalities");
        AssertRefused(Write("zero.npy", "<f4", "(2, 0)", []), "the shape (2, 0)");
        AssertRefused(Write("large.npy", "<f4", "(1000000000000, 512)", [1, 2]), "is cut short");
        AssertRefused(Write("larger.npy", "<f4", "(9223372036854775807, 9223372036854775807)", [1, 2]), "is cut short");
        AssertRefused(Write("minus.npy", "<f4", "(-1, 2)", [1, 2]), "its shape reads");
        Assert.ThrowsExactly<FileNotFoundException>(() => _context.ModalityGap().LoadFromNpy(_folder.File("missing.npy")));
    }

    /// <summary>A header of a million characters that look like one number after the other, on which expressions that begin anew at each took 4 s.</summary>
    [TestMethod]
    [DataRow("(1, ")]
    [DataRow("'descr': ")]
    [DataRow("((((")]
    public void LoadFromNpy_HeaderOfAMegabyte_IsRefusedUnread(string part)
    {
        var text = "{" + string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        File.WriteAllBytes(_folder.File("header.npy"), [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(text.Length), .. System.Text.Encoding.ASCII.GetBytes(text)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(_folder.File("header.npy"), "a header of ");
        Assert.IsLessThan(1L << 19, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void LoadFromNpy_FileThatShrank_ThrowsInsteadOfEndingTheProcess()
    {
        var path = Write("a.npy", "<f4", "(3, 2)", [1, 2, 3, 4, 5, 6]);
        var data = _context.ModalityGap().LoadFromNpy(path);
        using (var stream = File.OpenWrite(path))
            stream.SetLength(stream.Length - 4);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ReadRows(data, "Embedding")).Message, "shorter");
    }

    [TestMethod]
    [DataRow(NpyElementType.Float32, 0)]
    [DataRow(NpyElementType.Float64, 0)]
    [DataRow(NpyElementType.Float16, 1e-3)]
    public void SaveAsNpy_EveryType_ReadsBack(NpyElementType type, double relativeTolerance)
    {
        var data = TestEmbeddings.CreateDataView(_context, rows: 20, dimension: 7);
        var path = _folder.File("out.npy");
        _context.ModalityGap().SaveAsNpy(data, path, ["Image", "Text"], type);
        var loaded = _context.ModalityGap().LoadFromNpy(path);
        foreach (var name in new[] { "Image", "Text" })
        {
            foreach (var (expected, actual) in ReadRows(data, name).SelectMany(row => row).Zip(ReadRows(loaded, name).SelectMany(row => row)))
                Assert.AreEqual(expected, actual, Math.Abs(expected) * relativeTolerance);
        }

        Assert.HasCount(1, Directory.GetFileSystemEntries(_folder.Path));
    }

    [TestMethod]
    public void SaveAsNpy_Header_IsNumpysOwn()
    {
        _context.ModalityGap().SaveAsNpy(TestEmbeddings.CreateDataView(_context, rows: 20, dimension: 7), _folder.File("out.npy"), "Image");
        var bytes = File.ReadAllBytes(_folder.File("out.npy"));
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.AreEqual(0, (10 + length) % 64);
        Assert.AreEqual('\n', (char)bytes[9 + length]);
        Assert.AreEqual("{'descr': '<f4', 'fortran_order': False, 'shape': (20, 7), }", Encoding.Latin1.GetString(bytes, 10, length).TrimEnd());
        Assert.AreEqual(10 + length + 20 * 7 * 4, bytes.Length);
    }

    [TestMethod]
    public void SaveAsNpy_RowThatFails_LeavesTheOldFileAlone()
    {
        var rows = new[] { new TestEmbeddings.Pair { Image = [1, 2] }, new TestEmbeddings.Pair { Image = [1, 2, 3] } };
        File.WriteAllText(_folder.File("out.npy"), "old");
        var data = TestEmbeddings.CreateDataView(_context, rows, 2, variable: true);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().SaveAsNpy(data, _folder.File("out.npy"), "Image")).Message, "row 1, has 3 dimensions where 2");
        Assert.AreEqual("old", File.ReadAllText(_folder.File("out.npy")));
        Assert.HasCount(1, Directory.GetFileSystemEntries(_folder.Path));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => _context.ModalityGap().SaveAsNpy(data, _folder.File("no/out.npy"), "Image"));
    }

    private void AssertRefused(string path, params string[] parts)
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromNpy(path));
        StringAssert.Contains(exception.Message, path);
        foreach (var part in parts)
            StringAssert.Contains(exception.Message, part);
    }

    /// <summary>Writes a .npy file as numpy's format description says, by hand.</summary>
    private string Write(string name, string type, string shape, float[] values, int version = 1, string order = "False")
    {
        var header = $"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}\n";
        using var stream = File.Create(_folder.File(name));
        using var writer = new BinaryWriter(stream);
        writer.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', (byte)version, 0]);
        if (version == 1)
            writer.Write((ushort)header.Length);
        else
            writer.Write(header.Length);
        writer.Write(Encoding.ASCII.GetBytes(header));
        foreach (var value in values)
        {
            switch (type)
            {
                case "<f2":
                    writer.Write((Half)value);
                    break;
                case "<f8" or "<i8":
                    writer.Write((double)value);
                    break;
                default:
                    writer.Write(value);
                    break;
            }
        }

        return _folder.File(name);
    }
}
