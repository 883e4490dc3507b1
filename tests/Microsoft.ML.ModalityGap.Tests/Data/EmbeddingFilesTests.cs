using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using static Microsoft.ML.ModalityGap.Tests.Alignment.CenterModalitiesTests;

namespace Microsoft.ML.ModalityGap.Tests.Data;

/// <summary>Files of every kind, against the values they were written from.</summary>
[TestClass]
public sealed class EmbeddingFilesTests : IDisposable
{
    private static readonly double[] _small = [3, 0, 7, 100, 2, 1];

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new();

    public static IEnumerable<object[]> NumpyTypes => NumberFiles.Kinds.Where(kind => kind.Numpy.Length > 0)
        .SelectMany(kind => (kind.Numpy[1] == '1' ? new[] { "|" } : ["<", ">"]).SelectMany(order => new[] { false, true }.Select(fortran => new object[] { order + kind.Numpy, fortran })));

    public static IEnumerable<object[]> SafetensorsTypes => NumberFiles.Kinds.Where(kind => kind.Safetensors is not null).Select(kind => new object[] { kind.Safetensors! });

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DynamicData(nameof(NumpyTypes))]
    public void Npy_EveryTypeAndOrder_ReadsItsRows(string type, bool fortran)
    {
        var path = Write("a.npy", NumberFiles.Npy(_small, [3, 2], type, fortran));
        AssertRows(_small, _context.ModalityGap().LoadFromFiles(path));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Npy_ThreeDimensions_EveryOrder(bool fortran)
    {
        var path = Write("pair.npy", NumberFiles.Npy([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], [2, 3, 2], ">f8", fortran));
        var data = _context.ModalityGap().LoadFromFiles(path);
        AssertRows([1, 2, 3, 4, 5, 6], data, "Image");
        AssertRows([10, 20, 30, 40, 50, 60], data, "Text");
    }

    [TestMethod]
    [DataRow("<f4", false)]
    [DataRow(">f4", true)]
    [DataRow("<f2", true)]
    public void Npy_ManyWindows_ReadsTheSameOnEveryPath(string type, bool fortran)
    {
        double[] values = [.. Enumerable.Range(0, 5000 * 300).Select(i => (double)(i % 2039))];
        var data = _context.ModalityGap().LoadFromFiles(Write("big.npy", NumberFiles.Npy(values, [5000, 300], type, fortran)));
        AssertRows(values, data);
        var parallel = ColumnValues.ReadParallel(data, "Embedding");
        CollectionAssert.AreEqual(values, parallel.SelectMany(row => (float[])row[0]).Select(value => (double)value).ToArray());
        var seen = new HashSet<ulong>();
        using var shuffled = data.GetRowCursor(data.Schema, new Random(1));
        var (row, id) = (default(VBuffer<float>), default(DataViewRowId));
        var (getter, idGetter) = (shuffled.GetGetter<VBuffer<float>>(data.Schema["Embedding"]), shuffled.GetIdGetter());
        while (shuffled.MoveNext())
        {
            getter(ref row);
            idGetter(ref id);
            Assert.IsTrue(seen.Add(id.Low));
            CollectionAssert.AreEqual(Array.ConvertAll(values[((int)id.Low * 300)..((int)id.Low * 300 + 300)], value => (float)value), row.DenseValues().ToArray(), $"row {id.Low}");
        }

        Assert.HasCount(5000, seen);
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.Optimal)]
    public void Npz_Members_AreReadByName(CompressionLevel level)
    {
        var path = _folder.File("a.npz");
        NumberFiles.WriteNpz(path, level, ("ids", NumberFiles.Npy([1, 2, 3], [3], "<i8")), ("image", NumberFiles.Npy(_small, [3, 2])), ("text", NumberFiles.Npy(_small, [2, 3], ">f8", fortran: true)));
        AssertRows(_small, _context.ModalityGap().LoadFromFiles($"{path}:image"));
        AssertRows(_small, _context.ModalityGap().LoadFromFiles($"{path}:text"));

        // What is not packed is read where it lies, behind the archive's own header and the first array.
        Assert.AreEqual(level == CompressionLevel.NoCompression, EmbeddingFiles.Open($"{path}:image", _ => { })[0].Offset > 128);
        var both = _context.ModalityGap().LoadFromFiles(("a", $"{path}:image"), ("b", $"{path}:image"));
        AssertRows(_small, both, "b");
        AssertRefused(path, "several arrays", "ids (3,), image (3, 2), text (2, 3)", $"{path}:image");
        AssertRefused(path + ":none", "no array of numbers 'none'", "image (3, 2)");
        AssertRefused(path + ":ids", "(3,)");
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.SmallestSize)]
    public void Npz_OneMatrix_NeedsNoName_AndIsReadOnEveryPath(CompressionLevel level)
    {
        double[] values = [.. Enumerable.Range(0, 3000 * 200).Select(i => (double)(i % 1009))];
        NumberFiles.WriteNpz(_folder.File("a.npz"), level, ("ids", NumberFiles.Npy([1, 2], [2])), ("emb", NumberFiles.Npy(values, [3000, 200])));
        var data = _context.ModalityGap().LoadFromFiles(_folder.File("a.npz"));
        AssertRows(values, data);
        CollectionAssert.AreEqual(values, ColumnValues.ReadParallel(data, "Embedding").SelectMany(row => (float[])row[0]).Select(value => (double)value).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(SafetensorsTypes))]
    public void Safetensors_EveryType_ReadsItsRows(string type)
    {
        var bytes = NumberFiles.Numbers(_small, type);
        var header = $$"""{"__metadata__":{"format":"pt"},"a":{"dtype":"{{type}}","shape":[3,2],"data_offsets":[0,{{bytes.Length}}] } }""";
        AssertRows(_small, _context.ModalityGap().LoadFromFiles(Write("a.safetensors", NumberFiles.Safetensors(header, bytes))));
    }

    [TestMethod]
    public void Safetensors_SeveralTensors_AreReadByName()
    {
        var (first, second) = (NumberFiles.Numbers([1, 2, 3, 4], "F32"), NumberFiles.Numbers(_small, "BF16"));
        var header = """{"text_embeds":{"dtype":"BF16","shape":[3,2],"data_offsets":[16,28]},"image_embeds":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"mask":{"dtype":"BOOL","shape":[4],"data_offsets":[28,32]}}""";
        var path = Write("a.safetensors", NumberFiles.Safetensors(header, first, second, new byte[4]));
        AssertRows([1, 2, 3, 4], _context.ModalityGap().LoadFromFiles($"{path}:image_embeds"));
        AssertRows(_small, _context.ModalityGap().LoadFromFiles($"{path}:text_embeds"));
        AssertRefused(path, "several arrays", "text_embeds (3, 2), image_embeds (2, 2)");
        AssertRefused(path + ":mask", "no array of numbers 'mask'");
    }

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,20]}}""", "needs 24 bytes, but has 20")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[8,32]}}""", "would stand at [8, 32] of 24 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[-4,20]}}""", "would stand at")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,-2],"data_offsets":[0,24]}}""", "would stand at")]
    [DataRow("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,24]}}""", "needs")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[3,1],"data_offsets":[8,20]}}""", "overlap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[3,1],"data_offsets":[12,24]}}""", "twice")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3,2]}}""", "not what safetensors writes")]
    [DataRow("""{"a":{"dtype":"F32","shape":"3,2","data_offsets":[0,24]}}""", "not what safetensors writes")]
    [DataRow("""[1]""", "not what safetensors writes")]
    [DataRow("""{"a":""", "not what safetensors writes")]
    [DataRow("""{}""", "no array")]
    public void Safetensors_ForgedHeaders_AreRefused(string header, string words) =>
        AssertRefused(Write("a.safetensors", NumberFiles.Safetensors(header, new byte[24])), words);

    [TestMethod]
    public void EveryKind_CutAnywhere_IsRefused()
    {
        var bytes = NumberFiles.Numbers(_small, "F32");
        NumberFiles.WriteNpz(_folder.File("whole.npz"), CompressionLevel.NoCompression, ("a", NumberFiles.Npy(_small, [3, 2])));
        NumberFiles.WriteNpz(_folder.File("packed.npz"), CompressionLevel.Optimal, ("a", NumberFiles.Npy(_small, [3, 2])));
        foreach (var (extension, content) in new[]
        {
            (".safetensors", NumberFiles.Safetensors("""{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}""", bytes)),
            (".npz", File.ReadAllBytes(_folder.File("whole.npz"))),
            (".npz", File.ReadAllBytes(_folder.File("packed.npz"))),
        })
        {
            for (var length = 0; length < content.Length; length++)
            {
                File.WriteAllBytes(_folder.File("cut" + extension), content[..length]);
                var error = Assert.ThrowsExactly<InvalidDataException>(() => ReadRows(_context.ModalityGap().LoadFromFiles(_folder.File("cut" + extension)), "Embedding"), $"{extension} cut after {length}");
                Assert.Contains("cut" + extension, error.Message);
            }
        }
    }

    [TestMethod]
    public void Shards_OfAPatternOrAFolder_FollowInNaturalOrder()
    {
        for (var i = 0; i < 12; i++)
            Write($"img_emb_{i}.npy", NumberFiles.Npy([i, 10 * i, i, 10 * i + 1], [2, 2], i % 2 == 0 ? "<f4" : "<f2"));
        double[] expected = [.. Enumerable.Range(0, 12).SelectMany(i => new double[] { i, 10 * i, i, 10 * i + 1 })];
        foreach (var specification in new[] { _folder.Path, _folder.File("img_emb_*.npy"), _folder.File("img_emb_*") })
        {
            var data = _context.ModalityGap().LoadFromFiles(specification);
            Assert.AreEqual(24, data.GetRowCount());
            AssertRows(expected, data);
        }

        AssertRows([.. expected[..4], .. expected[4..8]], _context.ModalityGap().LoadFromFiles(_folder.File("img_emb_[01].npy".Replace("[01]", "?", StringComparison.Ordinal))), count: 8);
        Assert.ThrowsExactly<FileNotFoundException>(() => _context.ModalityGap().LoadFromFiles(_folder.File("text_*.npy")));
    }

    [TestMethod]
    public void Shards_ThatDoNotFit_AreNamed()
    {
        Write("a_1.npy", NumberFiles.Npy([1, 2], [1, 2]));
        Write("a_2.npy", NumberFiles.Npy([1, 2, 3], [1, 3]));
        AssertRefused(_folder.File("a_*.npy"), "one dimension", "a_1.npy' has the shape (1, 2)", "a_2.npy' (1, 3)");
        Write("b_1.npy", NumberFiles.Npy([1, 2], [1, 1, 2]));
        Write("b_2.npy", NumberFiles.Npy([1, 2], [1, 1, 2]));
        AssertRefused(_folder.File("b_*.npy"), "one of 2 shards", "(N, D) is expected of each");
        Write("c.safetensors", NumberFiles.Safetensors("{}"));
        AssertRefused(_folder.Path, "several kinds", ".npy, .safetensors");
        using var empty = new TemporaryFolder();
        Assert.ThrowsExactly<FileNotFoundException>(() => _context.ModalityGap().LoadFromFiles(empty.Path));
    }

    [TestMethod]
    public void Shards_OfDifferentMaps_AreRefused()
    {
        var data = TestEmbeddings.CreateDataView(_context, rows: 20, dimension: 4);
        var mapped = _context.Transforms.CenterModalities("Image").Fit(data).Transform(data);
        _context.ModalityGap().SaveAsNpy(mapped, _folder.File("s_1.npy"), "Image");
        _context.ModalityGap().SaveAsNpy(data, _folder.File("s_2.npy"), "Image");
        AssertRefused(_folder.File("s_*.npy"), "one space", "came through the maps", "through none that is known");
        File.Delete(_folder.File("s_2.npy"));
        _context.ModalityGap().SaveAsNpy(mapped, _folder.File("s_2.npy"), "Image");
        Assert.AreEqual(mapped.Schema["Image"].FindMapFingerprint(), _context.ModalityGap().LoadFromFiles(_folder.File("s_*.npy")).Schema["Embedding"].FindMapFingerprint());
    }

    [TestMethod]
    public void Shards_ARowThatCannotBeUsed_IsNamedByItsFile()
    {
        Write("e_1.npy", NumberFiles.Npy([1, 2, 3, 4], [2, 2]));
        Write("e_2.npy", NumberFiles.Npy([1, 2, double.NaN, 4], [2, 2]));
        var data = _context.ModalityGap().LoadFromFiles(_folder.File("e_*.npy"), "image");
        var error = Assert.Throws<Exception>(() => _context.Transforms.CenterModalities("image").Fit(data));
        Assert.Contains("row 3 (row 1 of '", error.GetBaseException().Message);
        Assert.Contains("e_2.npy", error.GetBaseException().Message);
        Assert.Contains("e_2.npy", Assert.Throws<Exception>(() => _context.ModalityGap().CreateIndex(data, "image")).GetBaseException().Message);
    }

    [TestMethod]
    public void EveryKind_FitsTheSameMap()
    {
        double[] values = [.. TestEmbeddings.Create(200, 16, seed: 3).Select(value => (double)value)];
        var expected = Fingerprint(Write("a.npy", NumberFiles.Npy(values, [200, 16])));
        Assert.AreEqual(expected, Fingerprint(Write("f.npy", NumberFiles.Npy(values, [200, 16], ">f4", fortran: true))));
        Assert.AreEqual(expected, Fingerprint(Write("d.npy", NumberFiles.Npy(values, [200, 16], "<f8"))));
        NumberFiles.WriteNpz(_folder.File("a.npz"), CompressionLevel.Optimal, ("a", NumberFiles.Npy(values, [200, 16])));
        Assert.AreEqual(expected, Fingerprint(_folder.File("a.npz")));
        var header = """{"a":{"dtype":"F32","shape":[200,16],"data_offsets":[0,12800]}}""";
        Assert.AreEqual(expected, Fingerprint(Write("a.safetensors", NumberFiles.Safetensors(header, NumberFiles.Numbers(values, "F32")))));
        for (var i = 0; i < 4; i++)
            Write($"shard_{i}.npy", NumberFiles.Npy(values[(i * 800)..((i + 1) * 800)], [50, 16]));
        Assert.AreEqual(expected, Fingerprint(_folder.File("shard_*.npy")));
    }

    private string Fingerprint(string specification) => _context.Transforms.CenterModalities("Embedding").Fit(_context.ModalityGap().LoadFromFiles(specification)).Fingerprint;

    private static void AssertRows(double[] expected, IDataView data, string column = "Embedding", int? count = null)
    {
        double[] actual = [.. ReadRows(data, column).SelectMany(row => row).Select(value => (double)value)];
        CollectionAssert.AreEqual(expected, count is null ? actual : actual[..count.Value]);
    }

    private void AssertRefused(string path, params string[] words)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromFiles(path));
        foreach (var word in words)
            Assert.Contains(word, error.Message);
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_folder.File(name), content);
        return _folder.File(name);
    }
}
