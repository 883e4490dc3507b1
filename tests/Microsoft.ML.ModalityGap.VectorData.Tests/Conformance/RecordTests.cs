using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>What Microsoft.Extensions.VectorData documents of records and collections, a test a sentence.</summary>
[TestClass]
public class RecordTests
{
    private static readonly float[] _east = [1, 0];

    [TestMethod]
    public async Task EnsureCollectionExists_Missing_CreatesIt()
    {
        using var store = new EmbeddingVectorStore();
        var notes = store.GetCollection<string, Note>("notes");
        Assert.IsFalse(await notes.CollectionExistsAsync());
        await notes.EnsureCollectionExistsAsync();
        Assert.IsTrue(await notes.CollectionExistsAsync());
        Assert.IsTrue(await store.CollectionExistsAsync("notes"));
    }

    [TestMethod]
    public async Task EnsureCollectionExists_There_KeepsItsRecords()
    {
        var notes = await Notes.CreateFiveAsync();
        await notes.EnsureCollectionExistsAsync();
        Assert.IsNotNull(await notes.GetAsync("a"));
    }

    [TestMethod]
    public async Task EnsureCollectionDeleted_DeletesIt_AndAgainIsNothing()
    {
        var notes = await Notes.CreateFiveAsync();
        await notes.EnsureCollectionDeletedAsync();
        await notes.EnsureCollectionDeletedAsync();
        Assert.IsFalse(await notes.CollectionExistsAsync());
        await notes.EnsureCollectionExistsAsync();
        Assert.IsNull(await notes.GetAsync("a"));
    }

    [TestMethod]
    public async Task Operations_WithoutTheCollection_FailAndSayWhatToDo()
    {
        var notes = new EmbeddingCollection<string, Note>(new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { Name = "s" }), "notes");
        foreach (var (operation, run) in new (string, Func<Task>)[]
        {
            ("Upsert", () => notes.UpsertAsync(Note.Create("a", 1, 0))), ("Get", () => notes.GetAsync("a")), ("Get", () => notes.GetAsync(note => note.Year > 1, 1).All()),
            ("Delete", () => notes.DeleteAsync("a")), ("Get", () => notes.GetAsync(["a", "b"]).All()), ("Delete", () => notes.DeleteAsync(["a", "b"])), ("Upsert", () => notes.UpsertAsync([Note.Create("a", 1, 0)])), ("Search", () => notes.SearchAsync(_east, 1).All()), ("HybridSearch", () => notes.HybridSearchAsync(_east, ["a"], 1).All()),
        })
        {
            var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(run);
            Assert.Contains("EnsureCollectionExistsAsync", exception.Message);
            Assert.AreEqual(("modality_gap", "s", "notes", operation), (exception.VectorStoreSystemName, exception.VectorStoreName, exception.CollectionName, exception.OperationName));
        }
    }

    [TestMethod]
    public async Task ListCollectionNames_NamesAll()
    {
        using var store = new EmbeddingVectorStore();
        foreach (var name in new[] { "two", "one" })
            await store.GetCollection<string, Note>(name).EnsureCollectionExistsAsync();
        Assert.AreEqual("one,two", string.Join(",", await store.ListCollectionNamesAsync().All()));
        await store.EnsureCollectionDeletedAsync("one");
        Assert.AreEqual("two", string.Join(",", await store.ListCollectionNamesAsync().All()));
    }

    [TestMethod]
    public async Task Upsert_New_IsCreated()
    {
        var notes = await Notes.CreateAsync(new Note { Id = "n", Kind = "k", Text = "t", Year = 7, Price = 1.5, Tags = ["p", "q"], Vector = new float[] { 3, 4 } });
        var note = (await notes.GetAsync("n", new RecordRetrievalOptions { IncludeVectors = true }))!;
        Assert.AreEqual(("n", "k", "t", 7, 1.5, "p,q", "3,4"), (note.Id, note.Kind, note.Text, note.Year, note.Price, string.Join(",", note.Tags!), string.Join(",", note.Vector.ToArray())));
    }

    [TestMethod]
    public async Task Upsert_There_IsUpdatedEverywhere()
    {
        var notes = await Notes.CreateFiveAsync();
        await notes.UpsertAsync(Note.Create("e", 1, 0.01f, "w", "apple pie", 1999, "new"));
        Assert.AreEqual("a,e", await notes.SearchAsync(_east, 2).Ids(), "the vector");
        Assert.AreEqual("e", await notes.GetAsync(note => note.Kind == "w", 5).Ids(), "the index of the new value");
        Assert.AreEqual("", await notes.GetAsync(note => note.Kind == "z", 5).Ids(), "the index of the old one");
        Assert.AreEqual("e", await notes.GetAsync(note => note.Tags!.Contains("new"), 5).Ids(), "the index of lists");
        Assert.AreEqual(0, (await notes.HybridSearchAsync(_east, ["night"], 9).All()).Count(found => found.Score > 1.0 / 61), "the old words");
        Assert.AreEqual(5, (await notes.GetAsync(note => note.Year > 0, 9).All()).Count);
    }

    [TestMethod]
    public async Task Upsert_BatchWithOneBadRecord_KeepsNone()
    {
        var notes = await Notes.CreateFiveAsync();
        var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => notes.UpsertAsync([Note.Create("a", 0, 1, "changed"), Note.Create("n", 1, 1), Note.Create("bad", float.NaN, 1)]));
        Assert.Contains("'bad'", exception.Message);
        Assert.AreEqual("x", (await notes.GetAsync("a"))!.Kind);
        Assert.IsNull(await notes.GetAsync("n"));
        Assert.AreEqual("a,b", await notes.SearchAsync(_east, 2).Ids());
    }

    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(float.PositiveInfinity, 0f)]
    public async Task Upsert_UnusableVector_IsRefused(float x, float y)
    {
        var notes = await Notes.CreateFiveAsync();
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => notes.UpsertAsync(Note.Create("n", x, y)));
    }

    [TestMethod]
    public async Task Upsert_OtherDimension_NamesBoth()
    {
        var notes = await Notes.CreateFiveAsync();
        var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => notes.UpsertAsync(new Note { Id = "n", Vector = new float[3] }));
        Assert.Contains("2 dimensions", exception.Message);
        Assert.Contains("has 3", exception.Message);
    }

    [TestMethod]
    public async Task Upsert_WithoutVector_IsKeptButNotFoundByVector()
    {
        var notes = await Notes.CreateAsync(new Note { Id = "n" }, Note.Create("v", 1, 0));
        Assert.AreEqual("v", await notes.SearchAsync(_east, 5).Ids());
        Assert.IsTrue((await notes.GetAsync("n", new RecordRetrievalOptions { IncludeVectors = true }))!.Vector.IsEmpty);
        await notes.UpsertAsync([Note.Create("n", 1, 0.1f), new Note { Id = "v" }]);
        Assert.AreEqual("n", await notes.SearchAsync(_east, 5).Ids());
    }

    [TestMethod]
    public async Task Upsert_SameKeyTwice_LastCounts()
    {
        var notes = await Notes.CreateAsync(Note.Create("n", 1, 0, year: 1), Note.Create("n", 0, 1, year: 2));
        Assert.AreEqual(2, (await notes.GetAsync("n"))!.Year);
        Assert.HasCount(1, await notes.SearchAsync(_east, 5).All());
    }

    [TestMethod]
    public async Task Records_ChangedByTheirOwner_StayAsKept()
    {
        var mine = Note.Create("n", 1, 0, tags: "kept");
        var notes = await Notes.CreateAsync(mine);
        mine.Tags![0] = "changed";
        var read = (await notes.GetAsync("n"))!;
        Assert.AreEqual("kept", read.Tags![0]);
        read.Tags[0] = "changed";
        Assert.AreEqual("kept", (await notes.GetAsync("n"))!.Tags![0]);
    }

    [TestMethod]
    public async Task Get_Missing_IsNull() => Assert.IsNull(await (await Notes.CreateFiveAsync()).GetAsync("nobody"));

    [TestMethod]
    public async Task Get_Batch_ReturnsOnlyThoseFound() => Assert.AreEqual("c,a", await (await Notes.CreateFiveAsync()).GetAsync(["c", "nobody", "a"]).Ids());

    [TestMethod]
    public async Task Get_WithoutIncludeVectors_HasNone()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.IsTrue((await notes.GetAsync("a"))!.Vector.IsEmpty);
        Assert.AreEqual(2, (await notes.GetAsync("a", new RecordRetrievalOptions { IncludeVectors = true }))!.Vector.Length);
    }

    [TestMethod]
    public async Task Get_FilterOrderSkipTop_InThatOrder()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("a,c,b,e,d", await notes.GetAsync(note => true, 9, new() { OrderBy = order => order.Ascending(note => note.Year) }).Ids());
        Assert.AreEqual("e,b", await notes.GetAsync(note => note.Year > 2001, 2, new() { OrderBy = order => order.Descending(note => note.Year), Skip = 1 }).Ids());
        Assert.AreEqual("d,a,c,b,e", await notes.GetAsync(note => true, 9, new() { OrderBy = order => order.Ascending(note => note.Kind).Ascending(note => note.Year) }).Ids(), "no kind first, then by year");
        Assert.IsTrue((await notes.GetAsync(note => note.Id == "a", 1, new() { IncludeVectors = true }).All())[0].Vector.Length == 2);
    }

    [TestMethod]
    public async Task Get_TopNotPositive_Throws()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => notes.GetAsync(note => true, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FilteredRecordRetrievalOptions<Note> { Skip = -1 });
    }

    [TestMethod]
    public async Task Delete_OneOrMany_MissingAreIgnored()
    {
        var notes = await Notes.CreateFiveAsync();
        await notes.DeleteAsync("nobody");
        await notes.DeleteAsync("a");
        await notes.DeleteAsync(["c", "nobody", "e"]);
        Assert.AreEqual("b,d", await notes.SearchAsync(_east, 9).Ids());
        Assert.AreEqual("", await notes.GetAsync(note => note.Kind == "x", 9).Ids());
        Assert.IsNull(await notes.GetAsync("a"));
    }

    [TestMethod]
    public async Task Services_AreMetadataAndItself()
    {
        var notes = await Notes.CreateFiveAsync();
        var metadata = (VectorStoreCollectionMetadata)notes.GetService(typeof(VectorStoreCollectionMetadata))!;
        Assert.AreEqual(("modality_gap", "tests", "notes"), (metadata.VectorStoreSystemName, metadata.VectorStoreName, metadata.CollectionName));
        Assert.AreSame(notes, notes.GetService(typeof(IKeywordHybridSearchable<Note>)));
        Assert.IsNull(notes.GetService(typeof(string)));
        Assert.IsNull(notes.GetService(typeof(VectorStoreCollectionMetadata), "key"));
        Assert.ThrowsExactly<ArgumentNullException>(() => notes.GetService(null!));
        using var store = new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { Name = "n" });
        Assert.AreEqual("n", ((VectorStoreMetadata)store.GetService(typeof(VectorStoreMetadata))!).VectorStoreName);
        Assert.AreSame(store, store.GetService(typeof(VectorStore)));
    }

    [TestMethod]
    public async Task Cancelled_Stops()
    {
        var notes = await Notes.CreateFiveAsync();
        var stopped = new CancellationToken(canceled: true);
        await Assert.ThrowsAsync<OperationCanceledException>(() => notes.GetAsync("a", cancellationToken: stopped));
        await Assert.ThrowsAsync<OperationCanceledException>(() => notes.SearchAsync(_east, 1, cancellationToken: stopped).All());
        await Assert.ThrowsAsync<OperationCanceledException>(() => notes.UpsertAsync(Note.Create("n", 1, 1), stopped));
    }

    [TestMethod]
    public async Task GuidKeys_Empty_AreMade()
    {
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(Guid)), new VectorStoreVectorProperty("V", typeof(float[]), 2)] };
        var records = new EmbeddingVectorStore().GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        var record = new Dictionary<string, object?> { ["Id"] = Guid.Empty, ["V"] = new float[] { 1, 2 } };
        await records.UpsertAsync(record);
        Assert.AreNotEqual(Guid.Empty, (Guid)record["Id"]!);
        Assert.IsNotNull(await records.GetAsync(record["Id"]!));
    }

    [TestMethod]
    public async Task Dynamic_SharesTheCollectionOfTypedRecords()
    {
        using var store = new EmbeddingVectorStore();
        var typed = store.GetCollection<string, Note>("notes");
        await typed.EnsureCollectionExistsAsync();
        await typed.UpsertAsync(Note.Create("n", 1, 0, "k", "t", 5, "tag"));
        var definition = new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), 2), new VectorStoreDataProperty("Tags", typeof(List<string>)) { IsIndexed = true }, new VectorStoreDataProperty("Price", typeof(double?)),
                new VectorStoreDataProperty("Year", typeof(int)), new VectorStoreDataProperty("Words", typeof(string)) { IsFullTextIndexed = true, StorageName = "text" },
                new VectorStoreDataProperty("Kind", typeof(string)) { IsIndexed = true }, new VectorStoreKeyProperty("Id", typeof(string)),
            ],
        };
        var dynamic = store.GetDynamicCollection("notes", definition);
        var record = (await dynamic.GetAsync(note => (string)note["Kind"]! == "k" && (int)note["Year"]! > 4 && ((List<string>)note["Tags"]!).Contains("tag"), 5).All()).Single();
        Assert.AreEqual("t", record["Words"]);
        await dynamic.UpsertAsync(new Dictionary<string, object?> { ["Id"] = "m", ["Year"] = 6, ["Vector"] = (ReadOnlyMemory<float>)new float[] { 0, 1 } });
        Assert.AreEqual(6, (await typed.GetAsync("m"))!.Year);
    }

    [TestMethod]
    public async Task OtherProperties_OnTheSameName_AreRefusedWithBoth()
    {
        using var store = new EmbeddingVectorStore();
        await store.GetCollection<string, Note>("notes").EnsureCollectionExistsAsync();
        var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => store.GetCollection<long, Picture>("notes").EnsureCollectionExistsAsync());
        Assert.Contains("its key is 'Id' (string), not 'Id' (int64)", exception.Message);
    }

    [TestMethod]
    public void GetCollection_Dictionary_PointsToTheDynamicOne()
    {
        using var store = new EmbeddingVectorStore();
        Assert.ThrowsExactly<NotSupportedException>(() => store.GetCollection<object, Dictionary<string, object?>>("r", new VectorStoreCollectionDefinition()));
    }

    [TestMethod]
    public void UnsupportedProperties_AreNamed()
    {
        using var store = new EmbeddingVectorStore();
        var vector = new VectorStoreVectorProperty("V", typeof(float[]), 2);
        foreach (var (properties, named) in new (VectorStoreProperty[], string)[]
        {
            ([new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("V", typeof(float[]), 2) { DistanceFunction = DistanceFunction.ManhattanDistance }], "ManhattanDistance"),
            ([new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("V", typeof(float[]), 2) { IndexKind = IndexKind.Hnsw }], "Hnsw"),
            ([new VectorStoreKeyProperty("Id", typeof(DateTime)), vector], "Id"),
            ([new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreDataProperty("Where", typeof(Uri)), vector], "Where"),
        })
        {
            var exception = Assert.Throws<Exception>(() => store.GetDynamicCollection("r", new VectorStoreCollectionDefinition { Properties = properties }));
            Assert.Contains(named, exception.Message);
        }
    }

    /// <summary>"Gets the name of the collection"; "A new VectorStoreCollection instance for managing the records in the collection": the records are the same.</summary>
    [TestMethod]
    public async Task GetCollection_IsANewInstanceOverTheSameRecords()
    {
        using var store = new EmbeddingVectorStore();
        var first = store.GetCollection<string, Note>("notes");
        var second = store.GetCollection<string, Note>("notes");
        Assert.AreNotSame(first, second);
        Assert.AreEqual(("notes", "notes"), (first.Name, second.Name));
        await first.EnsureCollectionExistsAsync();
        await first.UpsertAsync(Note.Create("a", 1, 0));
        Assert.IsNotNull(await second.GetAsync("a"));
    }

    /// <summary>"Disposes the VectorStoreCollection and releases any resources it holds": the records are the store's, and disposing twice is as once.</summary>
    [TestMethod]
    public async Task Dispose_OfACollection_LeavesTheStoreItsRecords()
    {
        var store = new EmbeddingVectorStore();
        var notes = store.GetCollection<string, Note>("notes");
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync(Note.Create("a", 1, 0));
        notes.Dispose();
        notes.Dispose();
        Assert.IsNotNull(await store.GetCollection<string, Note>("notes").GetAsync("a"));
        store.Dispose();
        store.Dispose();
    }

    [TestMethod]
    public async Task ManyThreads_UpsertDeleteAndSearch_StayWhole()
    {
        var notes = await Notes.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await notes.UpsertAsync(Enumerable.Range(0, 5).Select(j => Note.Create($"{worker}-{i}-{j}", 1, j, kind: $"{worker}", text: $"word{j}")));
                foreach (var found in await notes.SearchAsync(_east, 20, new VectorSearchOptions<Note> { Filter = note => note.Kind == $"{worker}" }).All())
                    Assert.AreEqual($"{worker}", found.Record.Kind);
                await notes.DeleteAsync([$"{worker}-{i}-0", $"{worker}-{i}-1"]);
            }
        })));
        Assert.HasCount(8 * 40 * 3, await notes.GetAsync(note => true, 10_000).All());
        Assert.HasCount(8 * 40 * 3, await notes.SearchAsync(_east, 10_000).All());
    }
}
