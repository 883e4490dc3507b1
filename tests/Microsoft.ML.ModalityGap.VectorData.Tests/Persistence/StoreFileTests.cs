using Microsoft.Extensions.VectorData;
using Microsoft.ML.ModalityGap.Tests.Correction;

namespace Microsoft.ML.ModalityGap.Tests.Persistence;

[TestClass]
public class StoreFileTests
{
    [TestMethod]
    public async Task Reopened_FindsTheSame_WithTheModelOfTheFile()
    {
        using var folder = new TemporaryFolder();
        var store = new EmbeddingVectorStore();
        var before = await ModelTests.CreateMixedAsync(store);
        await before.DeleteAsync([3, 4]);
        await before.UpsertAsync((await before.GetAsync(10, new RecordRetrievalOptions { IncludeVectors = true }))!);
        store.Save(folder.File("a.store"));
        var reopened = EmbeddingVectorStore.Load(folder.File("a.store"));
        var after = reopened.GetCollection<long, Picture>("pictures");
        Assert.AreEqual(Pairs.Model.Fingerprint, ((EmbeddingMapTransformer)after.GetService(typeof(EmbeddingMapTransformer))!).Fingerprint);
        foreach (var vector in Pairs.Draw(20, 5).Texts.Select(text => ModelTests.State(Pairs.Model.GetModality("Text").Map.Apply(text), Pairs.Model.Fingerprint, "Text")))
        {
            var (expected, found) = (await before.SearchAsync(vector, 100).All(), await after.SearchAsync(vector, 100).All());
            CollectionAssert.AreEqual(expected.Select(result => (result.Record.Id, result.Score, result.Record.Caption, result.Record.Maps)).ToArray(), found.Select(result => (result.Record.Id, result.Score, result.Record.Caption, result.Record.Maps)).ToArray());
        }

        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => reopened.GetCollection<long, Picture>("pictures", new EmbeddingCollectionOptions { Model = Pairs.Fit(7) }).EnsureCollectionExistsAsync());
        reopened.Save(folder.File("b.store"));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("a.store")), File.ReadAllBytes(folder.File("b.store")), "what was read is what is written");
    }

    [TestMethod]
    public async Task Reopened_EveryTypeOfData_IsAsItWas()
    {
        var values = new Dictionary<string, object?>
        {
            ["String"] = "ä\n\"", ["Bool"] = true, ["Byte"] = (byte)200, ["Short"] = (short)-3, ["Int"] = int.MinValue, ["Long"] = long.MaxValue, ["ULong"] = ulong.MaxValue, ["Float"] = 0.1f, ["Double"] = double.NaN, ["Decimal"] = 1.10m,
            ["When"] = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), ["Offset"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), ["Date"] = new DateOnly(2026, 1, 2), ["Time"] = new TimeOnly(3, 4, 5, 678),
            ["Guid"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), ["Array"] = new[] { 1.5, -2 }, ["Bytes"] = new byte[] { 0, 255 }, ["List"] = new List<string> { "a", "b" },
        };
        var definition = new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(long)), .. values.Select(entry => new VectorStoreDataProperty(entry.Key, entry.Value!.GetType())), new VectorStoreDataProperty("Nothing", typeof(int?))],
        };
        using var store = new EmbeddingVectorStore();
        var records = store.GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(new Dictionary<string, object?>(values) { ["Id"] = 5L, ["Nothing"] = null });
        using var stream = new MemoryStream();
        store.Save(stream);
        stream.Position = 0;
        using var reopened = EmbeddingVectorStore.Load(stream);
        var record = (await reopened.GetDynamicCollection("r", definition).GetAsync(5L))!;
        Assert.IsNull(record["Nothing"]);
        foreach (var (name, value) in values)
        {
            if (value is System.Collections.ICollection items)
                CollectionAssert.AreEqual(items, (System.Collections.ICollection)record[name]!, name);
            else
                Assert.AreEqual(value, record[name], name);
        }
    }

    [TestMethod]
    public async Task Reopened_SeveralCollections_AndManyRecords()
    {
        using var store = new EmbeddingVectorStore();
        foreach (var (name, count) in new[] { ("none", 0), ("many", 2500) })
        {
            var notes = store.GetCollection<string, Note>(name);
            await notes.EnsureCollectionExistsAsync();
            await notes.UpsertAsync(Enumerable.Range(0, count).Select(i => Note.Create($"{i}", 1, i, kind: $"{i % 7}", text: $"w{i}")));
        }

        using var stream = new MemoryStream();
        store.Save(stream);
        stream.Position = 0;
        using var reopened = EmbeddingVectorStore.Load(stream);
        Assert.AreEqual("many,none", string.Join(",", await reopened.ListCollectionNamesAsync().All()));
        var many = reopened.GetCollection<string, Note>("many");
        Assert.HasCount(357, await many.GetAsync(note => note.Kind == "3", 5000).All());
        Assert.AreEqual("0,1", await many.SearchAsync(new float[] { 1, 0 }, 2).Ids());
        await many.UpsertAsync(Note.Create("new", 1, 0));
        Assert.AreEqual("0,new", await many.SearchAsync(new float[] { 1, 0 }, 2).Ids(), "of equal scores the one added first");
    }

    [TestMethod]
    public async Task DamagedOrCut_IsRefused()
    {
        using var store = new EmbeddingVectorStore();
        var notes = store.GetCollection<string, Note>("notes");
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync(Note.Create("a", 1, 0, "k", "t"));
        using var stream = new MemoryStream();
        store.Save(stream);
        var bytes = stream.ToArray();
        for (var length = 0; length < bytes.Length; length++)
            Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingVectorStore.Load(new MemoryStream(bytes, 0, length)), $"{length}");
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0x40;
            Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingVectorStore.Load(new MemoryStream(changed)), $"{at}");
        }
    }

    /// <summary>Checksums that are right around content that nobody stored: refused, or a store that can be stored and loaded again.</summary>
    [TestMethod]
    public async Task Load_AnyContent_ThrowsInvalidDataOrCanBeSavedAgain()
    {
        using var store = new EmbeddingVectorStore();
        var notes = store.GetCollection<string, Note>("notes");
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync([Note.Create("a", 1, 0, "k", "t"), Note.Create("b", 0, 1)]);
        using var stream = new MemoryStream();
        store.Save(stream);
        var refused = 0;
        foreach (var (what, forged) in Forgery.Forge(stream.ToArray()))
        {
            EmbeddingVectorStore loaded;
            try
            {
                loaded = EmbeddingVectorStore.Load(new MemoryStream(forged));
            }
            catch (InvalidDataException)
            {
                refused++;
                continue;
            }
            catch (Exception exception)
            {
                Assert.Fail($"{what}: {exception}");
                return;
            }

            using var again = new MemoryStream();
            loaded.Save(again);
            using var _ = EmbeddingVectorStore.Load(new MemoryStream(again.ToArray()));
            loaded.Dispose();
        }

        Assert.IsGreaterThan(100, refused);
    }

    [TestMethod]
    public async Task Save_IntoAFile_ReplacesItWhole()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("s"), "old");
        using var store = new EmbeddingVectorStore();
        await store.GetCollection<string, Note>("notes").EnsureCollectionExistsAsync();
        store.Save(folder.File("s"));
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(folder.File("s"))!));
        Assert.IsTrue(await EmbeddingVectorStore.Load(folder.File("s")).CollectionExistsAsync("notes"));
        Assert.Throws<IOException>(() => store.Save(Path.Combine(folder.File("missing"), "s")));
    }
}
