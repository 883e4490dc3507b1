using System.IO.Compression;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Persistence;

[TestClass]
public class ModelArchiveTests
{
    /// <summary>The check value of the CRC-32 of ISO 3309, and in two parts.</summary>
    [TestMethod]
    public void Crc32_OfTheDigits_IsTheCatalogsCheckValue()
    {
        Assert.AreEqual(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.AreEqual(0u, Crc32.Of([]));
        var parts = default(Crc32);
        parts.Add("1234"u8);
        parts.Add("56789"u8);
        Assert.AreEqual(0xCBF43926u, parts.Value);
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.SmallestSize)]
    public void Check_OfWhatWasStored_GoesBackToTheBeginning(CompressionLevel level)
    {
        using var stream = new MemoryStream(Pack(level, ("a", new byte[100_000]), ("b/c", "words"u8.ToArray()), ("empty", [])));
        stream.Position = 7;
        ModelArchive.Check(stream);
        Assert.AreEqual(0, stream.Position);
    }

    /// <summary>ML.NET's loader does not come to an end over this byte: the number of a vector's dimensions in the entry that says what the input was like.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void Load_OneDamagedByteOfTheSchema_IsRefused()
    {
        var entries = Save();
        var bytes = Pack(CompressionLevel.NoCompression, [.. entries]);
        var start = bytes.AsSpan().IndexOf(entries.Single(entry => entry.Name == "Schema").Content);
        var place = start + bytes.AsSpan(start).IndexOf(Encoding.ASCII.GetBytes("Single")) + "Single".Length;
        CollectionAssert.AreEqual(new byte[] { 0, 1, 0, 0, 0, 3, 0, 0, 0 }, bytes[place..(place + 9)], "How ML.NET writes a vector of three numbers is another way now.");
        bytes[place + 3] = 1;

        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.zip"), bytes);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SavedTransformer.Load(new MLContext(), folder.File("model.zip"))).Message, "its part 'Schema' is not what was stored");
    }

    /// <summary>The eight letters by which ML.NET knows whose an entry is.</summary>
    [TestMethod]
    public void Load_EntryOfAnotherKind_IsRefusedAsDamaged()
    {
        var bytes = Pack(CompressionLevel.NoCompression, [.. Save().Select(entry =>
        {
            if (entry.Content.AsSpan().IndexOf("MODGAPEM"u8) is >= 0 and var at)
                entry.Content[at + 7] = (byte)'X';
            return entry;
        })]);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.zip"), bytes);
        var exception = Assert.Throws<Exception>(() => SavedTransformer.Load(new MLContext(), folder.File("model.zip"))).GetBaseException();
        Assert.IsInstanceOfType<FormatException>(exception, "What ML.NET says is kept as the cause.");
        Exception? cause = Assert.Throws<Exception>(() => SavedTransformer.Load(new MLContext(), folder.File("model.zip")));
        while (cause is not (null or InvalidDataException))
            cause = cause.InnerException;
        StringAssert.Contains(cause?.Message, "The stored EmbeddingMapTransformer is damaged");
    }

    /// <summary>An entry that unpacks to gigabytes is not unpacked to be looked at, whether it says so or not.</summary>
    [TestMethod]
    public void Check_EntriesOfManyMegabytes_AreLeftToTheirReaders()
    {
        var bytes = Pack(CompressionLevel.SmallestSize, ("large", new byte[20_000_000]), ("small", [1]));
        ModelArchive.Check(new MemoryStream(bytes));

        // Its length, in the directory at the end, is made smaller.
        var directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.GetBytes(1000).CopyTo(bytes, directory + 24);
        Assert.ThrowsExactly<InvalidDataException>(() => ModelArchive.Check(new MemoryStream(bytes)));
    }

    /// <summary>The entries of a saved model of maps.</summary>
    private static List<(string Name, byte[] Content)> Save()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new Row { Image = [1, 2, 3] }, new Row { Image = [3, 1, 2] }]);
        using var saved = new MemoryStream();
        ml.Model.Save(ml.Transforms.CenterModalities(nameof(Row.Image)).Fit(data), data.Schema, saved);
        var entries = new List<(string Name, byte[] Content)>();
        using (var archive = new ZipArchive(saved, ZipArchiveMode.Read, leaveOpen: true))
        {
            foreach (var entry in archive.Entries)
            {
                using var copy = new MemoryStream();
                using var content = entry.Open();
                content.CopyTo(copy);
                entries.Add((entry.FullName, copy.ToArray()));
            }
        }

        return entries;
    }

    private static byte[] Pack(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Image { get; set; } = [];
    }
}
