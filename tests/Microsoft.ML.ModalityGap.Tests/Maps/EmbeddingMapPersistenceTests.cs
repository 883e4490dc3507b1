using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Maps;

[TestClass]
public class EmbeddingMapPersistenceTests
{
    private static EmbeddingMap CreateMap() => new(
        6,
        new L2NormalizeStep(),
        new TranslateStep(TestEmbeddings.Create(1, 6, 1)),
        new ScaleStep(TestEmbeddings.Create(1, 6, 2)),
        new ProjectStep(TestEmbeddings.Create(4, 6, 3), 4),
        new TruncateStep(3),
        new L2NormalizeStep());

    [TestMethod]
    public void SaveLoad_EveryStep_IsEqual()
    {
        using var stream = new MemoryStream();
        CreateMap().Save(stream);
        stream.Write("what follows"u8);
        stream.Position = 0;

        Assert.AreEqual(CreateMap(), EmbeddingMap.Load(stream));
        Assert.AreEqual("what follows", new StreamReader(stream).ReadToEnd());
    }

    [TestMethod]
    public void Save_StoredForm_IsPinned()
    {
        using var stream = new MemoryStream();
        new EmbeddingMap(2, new TranslateStep([1f, -2f])).Save(stream);
        var expected = "4d47454d" + "01" + "1500000000000000" // MGEM, version 1, 21 bytes
            + "02000000" + "01000000" + "02" + "02000000" + "0000803f" + "000000c0";
        Assert.AreEqual(expected, Convert.ToHexStringLower(stream.ToArray()[..^32]));
        CollectionAssert.AreEqual(System.Security.Cryptography.SHA256.HashData(stream.ToArray()[..^32]), stream.ToArray()[^32..]);
    }

    [TestMethod]
    public void Load_CutAnywhere_Throws()
    {
        var content = Save();
        foreach (var (what, damaged) in Damage.Cut(content, step: 1))
            Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingMap.Load(new MemoryStream(damaged)), what);
    }

    [TestMethod]
    public void Load_AnyByteChanged_Throws()
    {
        foreach (var (what, damaged) in Damage.Flip(Save()))
        {
            Assert.IsTrue(Damage.IsRefused(damaged, stream => EmbeddingMap.Load(stream), what, allowedBytes: 4 << 20), what);
            Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingMap.Load(new MemoryStream(damaged)), what);
        }
    }

    [TestMethod]
    public void Load_SomethingElse_SaysSo()
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingMap.Load(new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 500)))));
        StringAssert.Contains(exception.Message, "no embedding map");
    }

    [TestMethod]
    public void Load_NewerVersion_SaysSo()
    {
        var content = Save();
        content[4] = 9;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingMap.Load(new MemoryStream(content))).Message, "layout version 9");
    }

    [TestMethod]
    public void Save_ToPath_LeavesOnlyTheFile()
    {
        using var folder = new TemporaryFolder();
        CreateMap().Save(folder.File("map.bin"));
        Assert.AreEqual(CreateMap(), EmbeddingMap.Load(folder.File("map.bin")));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => CreateMap().Save(folder.File("missing/map.bin")));
    }

    private static byte[] Save()
    {
        using var stream = new MemoryStream();
        CreateMap().Save(stream);
        return stream.ToArray();
    }
}
