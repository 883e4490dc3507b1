using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A file of any kind that is cut short, or that is called what it is not, is an error in words about the file; never a crash of a library, rows that are not there, or a hang.</summary>
[TestClass]
public class DamageTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EveryKind_CutAnywhere_IsAnErrorThatNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var table = Embeddings.CreateTable(_ml, Embeddings.Draw(60, 8));
        foreach (var extension in FileKinds.Extensions)
        {
            var path = folder.File("t" + extension);
            FileKinds.Write(_ml, table, path);
            var bytes = File.ReadAllBytes(path);
            var random = new Random(3);
            int[] lengths = [.. Enumerable.Range(0, 40), .. Enumerable.Range(0, 60).Select(_ => random.Next(bytes.Length)), .. Enumerable.Range(1, 40).Select(i => bytes.Length - i)];
            foreach (var length in lengths.Distinct())
            {
                File.WriteAllBytes(path, bytes[..length]);
                AssertRefused(path, $"{extension} of {bytes.Length} bytes, cut to {length}");
            }
        }
    }

    [TestMethod]
    public void EveryKind_UnderTheEndingOfEveryOther_IsAnErrorThatNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var table = Embeddings.CreateTable(_ml, Embeddings.Draw(60, 8));
        foreach (var extension in FileKinds.Extensions)
            FileKinds.Write(_ml, table, folder.File("t" + extension));
        File.WriteAllText(folder.File("t.txt"), string.Concat(Enumerable.Repeat("a text, not vectors\n", 100)));
        File.WriteAllBytes(folder.File("t.zero"), new byte[5_000]);
        var found = 0;
        foreach (var kind in (string[])[.. FileKinds.Extensions, ".txt", ".zero"])
        {
            foreach (var ending in FileKinds.Extensions.Where(ending => ending != kind))
            {
                var path = folder.File("swapped" + ending);
                File.Copy(folder.File("t" + kind), path, overwrite: true);
                AssertRefused(path, $"{kind} as {ending}");
                found++;
            }
        }

        Assert.AreEqual(42, found);
    }

    /// <summary>A byte that is wrong is an error, or rows of the right shape; nothing else comes out.</summary>
    [TestMethod]
    public void EveryKind_WithAByteChanged_IsAnErrorOrRows()
    {
        using var folder = new TemporaryFolder();
        var table = Embeddings.CreateTable(_ml, Embeddings.Draw(40, 4));
        foreach (var extension in FileKinds.Extensions)
        {
            var path = folder.File("t" + extension);
            FileKinds.Write(_ml, table, path);
            var bytes = File.ReadAllBytes(path);
            var random = new Random(5);
            for (var i = 0; i < 300; i++)
            {
                var damaged = bytes.ToArray();
                damaged[i < 150 ? random.Next(bytes.Length) : i < 225 ? random.Next(Math.Min(200, bytes.Length)) : bytes.Length - 1 - random.Next(Math.Min(400, bytes.Length))] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, damaged);
                try
                {
                    var view = FileKinds.Load(_ml, path);

                    // A byte that says what the values are makes them others.
                    if (view.Schema["Embedding"].Type is VectorDataViewType { ItemType: NumberDataViewType })
                        Assert.AreEqual(view.GetRowCount(), Embeddings.Read(view, "Embedding").Length, $"{extension}, change {i}");
                }
                catch (InvalidDataException e)
                {
                    Assert.Contains("t" + extension, e.Message, $"{extension}, change {i}");
                }
            }
        }
    }

    [TestMethod]
    public void Hdf5_ThatIsRefused_IsClosed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t.h5");
        FileKinds.Write(_ml, Embeddings.CreateTable(_ml, Embeddings.Draw(40, 4)), path);

        // The signature and the end are right, all between them is gone.
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(60).Fill(0xA5);
        File.WriteAllBytes(path, bytes);
        AssertRefused(path, "nothing behind the superblock");
        OpenHandles.AssertNone(folder.Path);
    }

    private void AssertRefused(string path, string what)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(FileKinds.Load(_ml, path), "Embedding"), what);
        Assert.Contains(Path.GetFileName(path), error.Message, what);
    }
}
