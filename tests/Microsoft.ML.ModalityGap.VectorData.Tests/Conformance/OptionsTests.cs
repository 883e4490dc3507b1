using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>What Microsoft.Extensions.VectorData documents of options, attributes and definitions, a test a sentence.</summary>
[TestClass]
public class OptionsTests
{
    private static readonly float[] _east = [1, 0];

    /// <summary>"Gets or sets the number of results to skip ... The value is less than 0" throws.</summary>
    [TestMethod]
    public void Skip_BelowZero_Throws()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new VectorSearchOptions<Note> { Skip = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingSearchOptions<Note> { Skip = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingHybridSearchOptions<Note> { Skip = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FilteredRecordRetrievalOptions<Note> { Skip = -1 });
    }

    /// <summary>"Skip: ... the index of the first result to return": from 0, and behind the last there is none.</summary>
    [TestMethod]
    public async Task Skip_BehindTheLast_FindsNothing()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("", await notes.SearchAsync(_east, 3, new() { Skip = 5 }).Ids());
        Assert.AreEqual("", await notes.HybridSearchAsync(_east, ["apple"], 3, new() { Skip = 5 }).Ids());
        Assert.AreEqual("", await notes.GetAsync(note => true, 3, new() { Skip = 5 }).Ids());
    }

    /// <summary>"Gets or sets the additional target property to do the text or keyword search on": the one that is named, and without a name the only one.</summary>
    [TestMethod]
    public async Task HybridSearch_AdditionalProperty_ChoosesTheText()
    {
        var records = await CreateTwoTextsAsync();
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => records.HybridSearchAsync(_east, ["sun"], 1).All());
        Assert.AreEqual(2, (await records.HybridSearchAsync(_east, ["sun"], 1, new() { AdditionalProperty = record => record["Title"] }).All())[0].Record["Id"]);
        Assert.AreEqual(1, (await records.HybridSearchAsync(_east, ["sun"], 1, new() { AdditionalProperty = record => record["Body"] }).All())[0].Record["Id"]);
    }

    /// <summary>"The property must have full text indexing enabled."</summary>
    [TestMethod]
    public async Task HybridSearch_OnATextWithoutItsIndex_IsRefused()
    {
        var notes = await Notes.CreateFiveAsync();
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => notes.HybridSearchAsync(_east, ["x"], 1, new() { AdditionalProperty = note => note.Kind }).All());
    }

    /// <summary>"checks if there is a text property with full text indexing enabled, and throws an exception if either none or multiple exist": none.</summary>
    [TestMethod]
    public async Task HybridSearch_WithoutAnIndexedText_IsRefused()
    {
        var records = new EmbeddingVectorStore().GetDynamicCollection("r", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Text", typeof(string)), new VectorStoreVectorProperty("V", typeof(float[]), 2)],
        });
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1, ["Text"] = "sun", ["V"] = _east });
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => ((IKeywordHybridSearchable<Dictionary<string, object?>>)records).HybridSearchAsync(_east, ["sun"], 1).All());
    }

    /// <summary>"Gets or sets the target dense vector property to search on. Only needs to be set when the collection has multiple vector properties": then it has to be.</summary>
    [TestMethod]
    public async Task HybridSearch_SeveralVectorProperties_OneMustBeNamed()
    {
        var records = new EmbeddingVectorStore().GetDynamicCollection("r", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Text", typeof(string)) { IsFullTextIndexed = true },
                new VectorStoreVectorProperty("V", typeof(float[]), 2), new VectorStoreVectorProperty("W", typeof(float[]), 2),
            ],
        });
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(
        [
            new() { ["Id"] = 1, ["Text"] = "sun", ["V"] = new float[] { 1, 0 }, ["W"] = new float[] { 0, 1 } },
            new() { ["Id"] = 2, ["Text"] = "sun", ["V"] = new float[] { 0, 1 }, ["W"] = new float[] { 1, 0 } },
        ]);
        var hybrid = (IKeywordHybridSearchable<Dictionary<string, object?>>)records;
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => hybrid.HybridSearchAsync(_east, ["another"], 1).All());
        Assert.AreEqual(1, (await hybrid.HybridSearchAsync(_east, ["another"], 1, new() { VectorProperty = record => record["V"] }).All())[0].Record["Id"]);
        Assert.AreEqual(2, (await hybrid.HybridSearchAsync(_east, ["another"], 1, new() { VectorProperty = record => record["W"] }).All())[0].Record["Id"]);
    }

    /// <summary>"pass in a String argument to this method; the argument will be automatically passed to the IEmbeddingGenerator to generate the embedding and perform the search."</summary>
    [TestMethod]
    public async Task HybridSearch_OfATextOrAnImage_GoesThroughTheGenerator()
    {
        var generator = new LetterGenerator();
        var notes = new EmbeddingCollection<string, Note>(new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { EmbeddingGenerator = new TextAndImageEmbeddingGenerator(generator, generator) }), "notes");
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync([Note.Create("a", 1, 0, text: "word"), Note.Create("b", 0, 1, text: "word")]);
        Assert.AreEqual("b,a", await notes.HybridSearchAsync("abb", ["another"], 2).Ids());
        Assert.AreEqual("a,b", await notes.HybridSearchAsync(new DataContent(new byte[] { 1, 1, 2 }, "image/png"), ["another"], 2).Ids());
    }

    /// <summary>"Gets or sets a search filter to use before doing the hybrid search."</summary>
    [TestMethod]
    public async Task HybridSearch_Filter_IsAppliedBefore()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("b", await notes.HybridSearchAsync(_east, ["apple"], 5, new() { Filter = note => note.Kind == "y" }).Ids());
    }

    /// <summary>"Gets or sets a value indicating whether to include vectors in the retrieval result"; without it there are none.</summary>
    [TestMethod]
    public async Task HybridSearch_IncludeVectors_OnlyWhenAskedFor()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual(0, (await notes.HybridSearchAsync(_east, ["apple"], 1).All())[0].Record.Vector.Length);
        Assert.AreEqual(2, (await notes.HybridSearchAsync(_east, ["apple"], 1, new() { IncludeVectors = true }).All())[0].Record.Vector.Length);
    }

    /// <summary>"Gets a value indicating whether this data property is indexed. The default is false": what is not indexed can be filtered by, too.</summary>
    [TestMethod]
    public async Task Data_WithoutAnIndex_IsFilteredAsWell()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("c", await notes.SearchAsync(_east, 5, new() { Filter = note => note.Year == 2002 }).Ids());
    }

    /// <summary>"To successfully request a collection, either TRecord must be annotated with attributes ..., or definition must be provided."</summary>
    [TestMethod]
    public async Task Records_WithoutAttributes_NeedADefinition()
    {
        using var store = new EmbeddingVectorStore();
        Assert.ThrowsExactly<NotSupportedException>(() => store.GetCollection<int, Plain>("plain"));
        var plain = store.GetCollection<int, Plain>("plain", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Name", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2)],
        });
        await plain.EnsureCollectionExistsAsync();
        await plain.UpsertAsync(new Plain { Id = 3, Name = "three", Vector = [1, 1] });
        Assert.AreEqual("three", (await plain.GetAsync(3))!.Name);
    }

    /// <summary>"If the record already exists, it is updated": the same batch twice is as once.</summary>
    [TestMethod]
    public async Task Upsert_Again_ChangesNothing()
    {
        var notes = await Notes.CreateFiveAsync();
        var before = await notes.SearchAsync(_east, 9).Ids();
        var all = await notes.GetAsync(note => true, 9, new() { IncludeVectors = true }).All();
        await notes.UpsertAsync(all);
        await notes.UpsertAsync(all);
        Assert.AreEqual(before, await notes.SearchAsync(_east, 9).Ids());
    }

    /// <summary>"Checks if the collection exists in the vector store", "Deletes the collection from the vector store": by the store as by the collection.</summary>
    [TestMethod]
    public async Task Store_ChecksAndDeletesByName()
    {
        using var store = new EmbeddingVectorStore();
        Assert.IsFalse(await store.CollectionExistsAsync("notes"));
        await store.EnsureCollectionDeletedAsync("notes");
        var notes = store.GetCollection<string, Note>("notes");
        await notes.EnsureCollectionExistsAsync();
        Assert.IsTrue(await store.CollectionExistsAsync("notes"));
        await store.EnsureCollectionDeletedAsync("notes");
        Assert.IsFalse(await notes.CollectionExistsAsync());
        Assert.ThrowsExactly<ArgumentNullException>(() => store.GetService(null!));
    }

    /// <summary>"Not all Vector Store providers support all distance functions": of those that this one does not, the error names those it does.</summary>
    [TestMethod]
    [DataRow(DistanceFunction.ManhattanDistance)]
    [DataRow(DistanceFunction.HammingDistance)]
    public void DistanceFunctions_NotServed_AreNamedBesideThoseThatAre(string function)
    {
        using var store = new EmbeddingVectorStore();
        var error = Assert.ThrowsExactly<NotSupportedException>(() => store.GetDynamicCollection("r", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("V", typeof(float[]), 2) { DistanceFunction = function }],
        }));
        foreach (var name in new[] { function, DistanceFunction.CosineSimilarity, DistanceFunction.CosineDistance, DistanceFunction.DotProductSimilarity, DistanceFunction.NegativeDotProductSimilarity, DistanceFunction.EuclideanDistance, DistanceFunction.EuclideanSquaredDistance })
            Assert.Contains(name, error.Message);
    }

    private static async Task<IKeywordHybridSearchable<Dictionary<string, object?>>> CreateTwoTextsAsync()
    {
        var records = new EmbeddingVectorStore().GetDynamicCollection("r", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("V", typeof(float[]), 2),
                new VectorStoreDataProperty("Title", typeof(string)) { IsFullTextIndexed = true }, new VectorStoreDataProperty("Body", typeof(string)) { IsFullTextIndexed = true },
            ],
        });
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(
        [
            new() { ["Id"] = 1, ["V"] = new float[] { 1, 1 }, ["Title"] = "rain", ["Body"] = "sun" },
            new() { ["Id"] = 2, ["V"] = new float[] { 1, 1 }, ["Title"] = "sun", ["Body"] = "rain" },
        ]);
        return (IKeywordHybridSearchable<Dictionary<string, object?>>)records;
    }

    private sealed class Plain
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        public float[]? Vector { get; set; }
    }
}
