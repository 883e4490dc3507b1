using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

[TestClass]
public class HybridSearchTests
{
    private static readonly float[] _east = [1, 0];

    [TestMethod]
    public async Task Score_IsTheFormula()
    {
        // By vector a, b, c, e have words and the ranks 1, 2, 3, 5; d has none and rank 4. By words: b ("tree" alone has it).
        var notes = await Notes.CreateFiveAsync();
        var found = (await notes.HybridSearchAsync(_east, ["TREE"], 9).All()).ToDictionary(result => result.Record.Id, result => result.Score!.Value);
        foreach (var (id, score) in new[] { ("a", 0.5 / 61), ("b", 0.5 / 62 + 0.5 / 61), ("c", 0.5 / 63), ("d", 1.0 / 64), ("e", 0.5 / 65) })
            Assert.AreEqual(score, found[id], 1e-12, id);
    }

    [TestMethod]
    public async Task Words_AreRankedByBm25()
    {
        // Two of the words before one; a rare one before a frequent one; a short text before a long one.
        var notes = await Notes.CreateAsync(
            Note.Create("long", 1, 0, text: "apple and many other words that say nothing"), Note.Create("short", 1, 0, text: "apple"), Note.Create("both", 1, 0, text: "apple pear"), Note.Create("rare", 1, 0, text: "pear"),
            Note.Create("none", 1, 0, text: "stone"));
        async Task<string> AskAsync(params string[] words)
        {
            var all = new EmbeddingCollection<string, Note>(StoreOf(notes), "notes", new EmbeddingCollectionOptions { KeywordWeight = 1 });
            return string.Join(",", (await all.HybridSearchAsync(_east, words, 9).All()).Where(found => found.Score > 0).Select(found => found.Record.Id));
        }

        Assert.AreEqual("both,rare,short,long", await AskAsync("apple pear"));
        Assert.AreEqual("short,both,long", await AskAsync("Apple"));
        Assert.AreEqual("", await AskAsync("nowhere"));
    }

    [TestMethod]
    public async Task Images_WithoutWords_AreNotBuriedByThem()
    {
        // Every text has the word; the image that is nearest of all stays first, which plain fusion would put behind them.
        var pictures = await ModelTests.CreateAsync(new EmbeddingCollectionOptions { ModalityProperty = "Modality" });
        await pictures.UpsertAsync(Enumerable.Range(1, 30).Select(i => new Picture { Id = i, Modality = "Text", Caption = "a photo", Vector = new Embedding<float>(new float[] { 10, i, 0, 0, 0, 0, 0, 0 }) }));
        await pictures.UpsertAsync(new Picture { Id = 99, Modality = "Image", Vector = new Embedding<float>(new float[] { 10, 0.5f, 0, 0, 0, 0, 0, 0 }) });
        var found = await pictures.HybridSearchAsync(new float[] { 1, 0, 0, 0, 0, 0, 0, 0 }, ["photo"], 3).All();
        Assert.AreEqual(99, found.Take(2).Max(result => result.Record.Id));
        Assert.AreEqual(1.0 / 61, found.Single(result => result.Record.Id == 99).Score!.Value, 1e-12);
    }

    [TestMethod]
    public async Task OpenGap_VectorsAreRankedWithinEachModality()
    {
        // All images lie behind all texts: by one ranking the first image would come 31st.
        var pictures = await ModelTests.CreateAsync(new EmbeddingCollectionOptions { ModalityProperty = "Modality" });
        await pictures.UpsertAsync(Enumerable.Range(1, 30).Select(i => new Picture { Id = i, Modality = "Text", Caption = $"word{i}", Vector = new Embedding<float>(new float[] { 10, i, 0, 0, 0, 0, 0, 0 }) }));
        await pictures.UpsertAsync(Enumerable.Range(101, 5).Select(i => new Picture { Id = i, Modality = "Image", Vector = new Embedding<float>(new float[] { 1, i, 0, 0, 0, 0, 0, 0 }) }));
        var found = await pictures.HybridSearchAsync(new float[] { 1, 0, 0, 0, 0, 0, 0, 0 }, ["word1"], 2).All();
        CollectionAssert.AreEquivalent(new long[] { 1, 101 }, found.Select(result => result.Record.Id).ToArray());
    }

    [TestMethod]
    public async Task OneScale_VectorsAreRankedTogether()
    {
        var pictures = await ModelTests.CreateMixedAsync();
        var query = ModelTests.State(Pairs.Model.GetModality("Text").Map.Apply(Pairs.Draw(50, 4).Texts[7]), null, "Text");
        var byVector = (await pictures.SearchAsync(query, 100).All()).Select((result, i) => (result.Record, Rank: i + 1)).ToArray();
        foreach (var result in await pictures.HybridSearchAsync(query, ["nowhere"], 100).All())
        {
            var (record, rank) = byVector.Single(entry => entry.Record.Id == result.Record.Id);
            Assert.AreEqual((record.Caption is null ? 1 : 0.5) / (60 + rank), result.Score!.Value, 1e-12);
        }
    }

    [TestMethod]
    public async Task FilterSkipTopAndThreshold_AreThoseOfTheFusedRanking()
    {
        var notes = await Notes.CreateFiveAsync();
        var all = await notes.HybridSearchAsync(_east, ["apple"], 9).All();
        Assert.AreEqual(string.Join(",", all.Skip(1).Take(2).Select(result => result.Record.Id)), await notes.HybridSearchAsync(_east, ["apple"], 2, new() { Skip = 1 }).Ids());
        Assert.AreEqual(string.Join(",", all.Where(result => result.Score >= 0.016).Select(result => result.Record.Id)), await notes.HybridSearchAsync(_east, ["apple"], 9, new() { ScoreThreshold = 0.016 }).Ids());
        Assert.AreEqual("b", await notes.HybridSearchAsync(_east, ["apple"], 9, new() { Filter = note => note.Kind == "y" }).Ids());
        Assert.AreEqual(2, (await notes.HybridSearchAsync(_east, ["apple"], 1, new() { IncludeVectors = true }).All())[0].Record.Vector.Length);
    }

    [TestMethod]
    public async Task WithoutAFullTextProperty_IsAnError()
    {
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("T", typeof(string)), new VectorStoreVectorProperty("V", typeof(float[]), 2)] };
        var records = new EmbeddingDynamicCollection(new EmbeddingVectorStore(), "r", new EmbeddingCollectionOptions { Definition = definition });
        await records.EnsureCollectionExistsAsync();
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => records.HybridSearchAsync(_east, ["a"], 1).All());
    }

    /// <summary>The same records in a store to ask with other options.</summary>
    private static EmbeddingVectorStore StoreOf(EmbeddingCollection<string, Note> notes)
    {
        var store = new EmbeddingVectorStore();
        var copy = store.GetCollection<string, Note>("notes");
        copy.EnsureCollectionExistsAsync().GetAwaiter().GetResult();
        copy.UpsertAsync(notes.GetAsync(note => true, 100, new() { IncludeVectors = true }).All().GetAwaiter().GetResult()).GetAwaiter().GetResult();
        return store;
    }
}
