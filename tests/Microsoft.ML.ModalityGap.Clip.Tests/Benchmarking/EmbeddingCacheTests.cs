namespace Microsoft.ML.ModalityGap.Tests.Benchmarking;

/// <summary>What is read and what is encoded a second time: what changed, and nothing else.</summary>
[TestClass]
public sealed class EmbeddingCacheTests
{
    private static readonly string _model = new('a', 64);

    [TestMethod]
    public void Checksums_AreReadAgain_OnlyWhereAStampChanged()
    {
        using var folder = new TemporaryFolder();
        var contents = Enumerable.Range(0, 5).Select(i => new CountedContent($"{i}", [1, (byte)i])).ToArray();
        var first = new ImageChecksums(folder.Path).Get(contents);
        Assert.AreEqual(5, first.Distinct().Count());

        // Of the same length: touched, changed, and put elsewhere.
        contents[1].Place = "1, touched";
        (contents[2].Place, contents[2].Bytes) = ("2, written", [1, 9]);
        contents[3].Place = "elsewhere";
        var again = new ImageChecksums(folder.Path).Get(contents);

        CollectionAssert.AreEqual(new[] { 1, 2, 2, 2, 1 }, contents.Select(content => content.Reads).ToArray());
        CollectionAssert.AreEqual(new[] { true, true, false, true, true }, first.Zip(again, (x, y) => x == y).ToArray());
        CollectionAssert.AreEqual(again.ToArray(), new ImageChecksums(folder.Path).Get(contents).ToArray());
        Assert.AreEqual(8, contents.Sum(content => content.Reads));
    }

    [TestMethod]
    public void Checksums_OfAFile_ChangeWithItsContent_AndNotWithItsNameOrTime()
    {
        using var folder = new TemporaryFolder();
        var (file, moved) = (Path.Combine(folder.Path, "a.png"), Path.Combine(folder.Path, "b.png"));
        string Get(string path) => new ImageChecksums(Path.Combine(folder.Path, "cache")).Get([ImageContent.OfFile(path)])[0];
        File.WriteAllBytes(file, [1, 2, 3]);
        var checksum = Get(file);
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(5));
        Assert.AreEqual(checksum, Get(file));
        File.Move(file, moved);
        Assert.AreEqual(checksum, Get(moved));
        StringAssert.Contains(Get(file), "a.png", "of a file that is gone the reason, which is no checksum");

        var time = File.GetLastWriteTimeUtc(moved);
        File.WriteAllBytes(moved, [1, 2, 4]);
        File.SetLastWriteTimeUtc(moved, time.AddSeconds(1));
        Assert.AreNotEqual(checksum, Get(moved));

        // A range of a file is known by what is in it, as another file is.
        File.WriteAllBytes(file, [9, 9, 1, 2, 4, 9]);
        Assert.AreEqual(Get(moved), new ImageChecksums(Path.Combine(folder.Path, "cache")).Get([ImageContent.OfRange(file, 2, 3)])[0]);
    }

    [TestMethod]
    public void Checksums_InADamagedFile_AreReadAgain()
    {
        using var folder = new TemporaryFolder();
        var content = new CountedContent("0", [1, 2]);
        var checksum = new ImageChecksums(folder.Path).Get([content])[0];
        var file = Directory.GetFiles(folder.Path).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^40] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.AreEqual(checksum, new ImageChecksums(folder.Path).Get([content])[0]);
        Assert.AreEqual(2, content.Reads);
        Assert.AreEqual(checksum, new ImageChecksums(folder.Path).Get([content])[0]);
        Assert.AreEqual(2, content.Reads);
    }

    [TestMethod]
    public void Get_EncodesEachItemOnce_WhateverItStandsWith()
    {
        using var folder = new TemporaryFolder();
        var encoded = new List<string>();
        float[] Get(string model, params string[] items)
        {
            var chunk = new EmbeddingCache(folder.Path, model).Get(items, places =>
            {
                encoded.AddRange(places.Select(place => items[place]));
                return new EncodedChunk(2, [.. places.SelectMany(place => new[] { items[place].Length, items[place][0] - 'a' + 0f })], []);
            });
            Assert.AreEqual(items.Length, chunk.Count);
            return chunk.Values;
        }

        CollectionAssert.AreEqual(new[] { 1f, 0, 2, 1, 1, 0 }, Get(_model, "a", "bb", "a"));
        CollectionAssert.AreEqual(new[] { "a", "bb" }, encoded, "the same content twice is encoded once");
        Get(_model, "a", "bb", "a");
        CollectionAssert.AreEqual(new[] { 2f, 1, 1, 0 }, Get(_model, "bb", "a"));
        Assert.HasCount(2, encoded, "another order, and fewer");
        CollectionAssert.AreEqual(new[] { 3f, 2, 2, 1, 1, 0 }, Get(_model, "ccc", "bb", "a"));
        CollectionAssert.AreEqual(new[] { "a", "bb", "ccc" }, encoded);

        // Another model knows nothing of it.
        Get(new string('b', 64), "a");
        CollectionAssert.AreEqual(new[] { "a", "bb", "ccc", "a" }, encoded);
    }

    [TestMethod]
    public void Get_OfItemsWithoutAnEmbedding_KeepsTheReason_WhereverTheyStand()
    {
        using var folder = new TemporaryFolder();
        var whole = new EmbeddingCache(folder.Path, _model).Get(["a", "broken", "c"], _ => new EncodedChunk(1, [1, 0, 3], [(1, "no image")]));
        CollectionAssert.AreEqual(new[] { (1, "no image") }, whole.Defects.ToArray());
        var moved = new EmbeddingCache(folder.Path, _model).Get(["d", "c", "broken"], places => new EncodedChunk(1, [.. places.Select(_ => 4f)], []));
        CollectionAssert.AreEqual(new[] { 4f, 3, 0 }, moved.Values);
        CollectionAssert.AreEqual(new[] { (2, "no image") }, moved.Defects.ToArray());
    }

    private sealed class CountedContent(string place, byte[] bytes) : ImageContent
    {
        internal string Place { get; set; } = place;

        internal byte[] Bytes { get; set; } = bytes;

        internal int Reads { get; private set; }

        internal override string Stamp => Place;

        internal override byte[] Read()
        {
            Reads++;
            return Bytes;
        }
    }
}
