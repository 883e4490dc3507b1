using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>What Microsoft.Extensions.VectorData documents of searches, filters and generators, a test a sentence.</summary>
[TestClass]
public class SearchTests
{
    private static readonly float[] _east = [1, 0];

    [TestMethod]
    public async Task Search_TakesEveryKindOfVector()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("a,b,c,d,e", await notes.SearchAsync(_east, 9).Ids());
        Assert.AreEqual("a,b,c,d,e", await notes.SearchAsync((ReadOnlyMemory<float>)_east, 9).Ids());
        Assert.AreEqual("a,b,c,d,e", await notes.SearchAsync(new Embedding<float>(_east), 9).Ids());
    }

    [TestMethod]
    public async Task Search_SkipAndTop_AreAWindowOfTheRanking()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("b,c", await notes.SearchAsync(_east, 2, new() { Skip = 1 }).Ids());
        Assert.AreEqual("", await notes.SearchAsync(_east, 2, new() { Skip = 9 }).Ids());
        Assert.AreEqual("a,b,c,d,e", await notes.SearchAsync(_east, int.MaxValue, new() { Skip = 0 }).Ids());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => notes.SearchAsync(_east, 0));
    }

    [TestMethod]
    [DataRow(DistanceFunction.CosineSimilarity, 0.6, "p,q", "1,0.6")]
    [DataRow(DistanceFunction.CosineDistance, 0.4, "p,q", "0,0.4")]
    [DataRow(DistanceFunction.DotProductSimilarity, 3.0, "q,p", "6,3")]
    [DataRow(DistanceFunction.NegativeDotProductSimilarity, -3.0, "q,p", "-6,-3")]
    [DataRow(DistanceFunction.EuclideanDistance, 2.0, "r,p", "1.41421,2")]
    [DataRow(DistanceFunction.EuclideanSquaredDistance, 4.0, "r,p", "2,4")]
    public async Task Search_DistanceFunction_ScoresAndThreshold(string function, double threshold, string ids, string scores)
    {
        // Along (1, 0): p = (3, 0), q = (6, 8), r = (0, 1).
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("V", typeof(float[]), 2) { DistanceFunction = function }] };
        var records = new EmbeddingVectorStore().GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        foreach (var (id, vector) in new[] { ("p", new float[] { 3, 0 }), ("q", [6, 8]), ("r", [0, 1]) })
            await records.UpsertAsync(new Dictionary<string, object?> { ["Id"] = id, ["V"] = vector });
        // A little room, for the scores are float.
        var room = function.Contains("Distance", StringComparison.Ordinal) || function.StartsWith("Negative", StringComparison.Ordinal) ? 1e-6 : -1e-6;
        var found = await records.SearchAsync(_east, 5, new() { ScoreThreshold = threshold + room }).All();
        Assert.AreEqual(ids, string.Join(",", found.Select(result => result.Record["Id"])));
        Assert.AreEqual(scores, string.Join(",", found.Select(result => Math.Round(result.Score!.Value, 5).ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    /// <summary>"Measures the Euclidean distance between two vectors": against a computation of its own, also of what lies together far from zero, where a difference of products would lose it.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(1000)]
    public async Task Search_EuclideanDistance_IsThatOfTheVectors(int away)
    {
        var random = new Random(5);
        var vectors = Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 8).Select(_ => away + random.NextSingle()).ToArray()).ToArray();
        using var store = new EmbeddingVectorStore();
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("V", typeof(float[]), 8) { DistanceFunction = DistanceFunction.EuclideanDistance }] };
        var records = store.GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(vectors.Select((vector, id) => new Dictionary<string, object?> { ["Id"] = id, ["V"] = vector }));
        for (var query = 0; query < 20; query++)
        {
            double Distance(int id) => Math.Sqrt(vectors[id].Zip(vectors[query], (a, b) => Math.Pow((double)a - b, 2)).Sum());
            var found = await records.SearchAsync(vectors[query], vectors.Length).All();
            CollectionAssert.AreEqual(Enumerable.Range(0, vectors.Length).OrderBy(Distance).ToArray(), found.Select(result => (int)result.Record["Id"]!).ToArray());
            foreach (var result in found)
                Assert.AreEqual(Distance((int)result.Record["Id"]!), result.Score!.Value, 1e-12);
        }

        using var stream = new MemoryStream();
        store.Save(stream);
        stream.Position = 0;
        using var reopened = EmbeddingVectorStore.Load(stream);
        Assert.AreEqual(0, (await reopened.GetDynamicCollection("r", definition).SearchAsync(vectors[3], 1).All())[0].Score);
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => store.GetCollection<string, Far>("far", new EmbeddingCollectionOptions { Storage = IndexStorage.Int8 }).EnsureCollectionExistsAsync());
    }

    [TestMethod]
    public async Task Search_IncludeVectors_OnlyWhenAskedFor()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.IsTrue((await notes.SearchAsync(_east, 1).All())[0].Record.Vector.IsEmpty);
        CollectionAssert.AreEqual(_east, (await notes.SearchAsync(_east, 1, new() { IncludeVectors = true }).All())[0].Record.Vector.ToArray());
    }

    [TestMethod]
    public async Task Search_Filter_IsAppliedBefore()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("d,e", await notes.SearchAsync(_east, 2, new() { Filter = note => note.Year >= 2004 }).Ids());
        Assert.AreEqual("", await notes.SearchAsync(_east, 2, new() { Filter = note => note.Kind == "none" }).Ids());
    }

    [TestMethod]
    public async Task Search_SeveralVectorProperties_OneMustBeNamed()
    {
        var definition = new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("V", typeof(float[]), 2), new VectorStoreVectorProperty("W", typeof(float[]), 1) { DistanceFunction = DistanceFunction.DotProductSimilarity }],
        };
        var records = new EmbeddingVectorStore().GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync([new() { ["Id"] = 1, ["V"] = new float[] { 1, 0 }, ["W"] = new float[] { 1 } }, new() { ["Id"] = 2, ["V"] = new float[] { 0, 1 }, ["W"] = new float[] { 2 } }]);
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => records.SearchAsync(_east, 1).All());
        Assert.AreEqual(1, (await records.SearchAsync(_east, 1, new() { VectorProperty = record => record["V"] }).All())[0].Record["Id"]);
        Assert.AreEqual(2, (await records.SearchAsync(new float[] { 1 }, 1, new() { VectorProperty = record => record["W"] }).All())[0].Record["Id"]);
    }

    [TestMethod]
    public async Task Search_WithoutGenerator_TextIsRefused()
    {
        var notes = await Notes.CreateFiveAsync();
        await Assert.ThrowsExactlyAsync<NotSupportedException>(() => notes.SearchAsync("text", 1).All());
    }

    /// <summary>Filters made of lists: some hundred conditions are translated, and those that would take the stack are refused.</summary>
    [TestMethod]
    public async Task Get_FilterOfVeryManyConditions_IsRefusedInWords()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.HasCount(1, await notes.GetAsync(Create(300), 9).All());
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<NotSupportedException>(() => notes.GetAsync(Create(20_000), 9).All())).Message, "more than 500 conditions");

        static System.Linq.Expressions.Expression<Func<Note, bool>> Create(int conditions)
        {
            System.Linq.Expressions.Expression<Func<Note, bool>> first = note => note.Id == "a";
            var body = first.Body;
            for (var i = 1; i < conditions; i++)
            {
                var other = System.Linq.Expressions.Expression.Constant($"no {i}");
                body = System.Linq.Expressions.Expression.OrElse(body, System.Linq.Expressions.Expression.Equal(System.Linq.Expressions.Expression.Property(first.Parameters[0], nameof(Note.Id)), other));
            }

            return System.Linq.Expressions.Expression.Lambda<Func<Note, bool>>(body, first.Parameters[0]);
        }
    }

    public static IEnumerable<object[]> Filters =>
    [
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Kind == "x"), "a,c"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => "x" == note.Kind && note.Year == 2002), "c"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Kind == null), "d"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Kind != "x"), "b,d,e"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Kind == "x" || note.Kind == "y"), "a,b,c"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => !(note.Year < 2004)), "d,e"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Year > 2001 && note.Year <= 2003), "b,c"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Price == null), "a,b,c,d,e"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Price > 1), ""],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Tags!.Contains("red")), "a,d"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => new[] { "a", "e", "nobody" }.Contains(note.Id)), "a,e"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => new List<int> { 2001, 2005 }.Contains(note.Year)), "a,d"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Text!.Contains("apple")), "a,b"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Text!.StartsWith("blue")), "c"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Id == "b"), "b"],
        [(System.Linq.Expressions.Expression<Func<Note, bool>>)(note => note.Id == "nobody" && note.Year == 1), ""],
    ];

    [TestMethod]
    [DynamicData(nameof(Filters))]
    public async Task Filter_FindsWhatLinqFinds(System.Linq.Expressions.Expression<Func<Note, bool>> filter, string ids)
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual(ids, await notes.GetAsync(filter, 9, new() { OrderBy = order => order.Ascending(note => note.Id) }).Ids());
    }

    [TestMethod]
    public async Task Filter_CapturedVariables_AreTakenWhenItIsAsked()
    {
        var notes = await Notes.CreateFiveAsync();
        var kind = "x";
        var years = new[] { 2001 };
        Assert.AreEqual("a", await notes.GetAsync(note => note.Kind == kind && years.Contains(note.Year), 9).Ids());
        kind = "y";
        Assert.AreEqual("b", await notes.GetAsync(note => note.Kind == kind, 9).Ids());
    }

    [TestMethod]
    public async Task Filter_ThatAsksForVectors_IsRefused()
    {
        var notes = await Notes.CreateFiveAsync();
        await Assert.ThrowsAsync<Exception>(() => notes.GetAsync(note => note.Vector.Length > 1, 9).All());
    }

    [TestMethod]
    public async Task Generator_InPropertyDefinitionCollectionAndStore_NearestCounts()
    {
        LetterGenerator store = new(), collection = new(), definition = new(), property = new();
        VectorStoreCollectionDefinition Define(IEmbeddingGenerator? ofDefinition, IEmbeddingGenerator? ofProperty) => new()
        {
            EmbeddingGenerator = ofDefinition,
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("V", typeof(string), 2) { EmbeddingGenerator = ofProperty }],
        };
        async Task UseAsync(EmbeddingCollectionOptions options)
        {
            var records = new EmbeddingDynamicCollection(new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { EmbeddingGenerator = store }), "r", options);
            await records.EnsureCollectionExistsAsync();
            await records.UpsertAsync([new() { ["Id"] = 1, ["V"] = "aab" }, new() { ["Id"] = 2, ["V"] = "abb" }]);
            Assert.AreEqual(2, (await records.SearchAsync("b", 1).All())[0].Record["Id"]);
        }

        await UseAsync(new EmbeddingCollectionOptions { Definition = Define(null, null) });
        await UseAsync(new EmbeddingCollectionOptions { Definition = Define(null, null), EmbeddingGenerator = collection });
        await UseAsync(new EmbeddingCollectionOptions { Definition = Define(definition, null), EmbeddingGenerator = collection });
        await UseAsync(new EmbeddingCollectionOptions { Definition = Define(definition, property), EmbeddingGenerator = collection });
        Assert.AreEqual((2, 2, 2, 2), (store.Calls, collection.Calls, definition.Calls, property.Calls), "once for the batch, once for the query");
    }

    [TestMethod]
    public async Task Generator_ContentsAreNotKept_SoVectorsCannotBeGiven()
    {
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("V", typeof(string), 2)] };
        var records = new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { EmbeddingGenerator = new LetterGenerator() }).GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        await Assert.ThrowsExactlyAsync<NotSupportedException>(() => records.GetAsync(1, new RecordRetrievalOptions { IncludeVectors = true }));
    }

    [TestMethod]
    public async Task DualGenerator_OnAPropertyOfImages_UpsertsAndSearchesBoth()
    {
        // The trap of VectorData: upsert asks a generator of both kinds for texts first.
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("V", typeof(DataContent), 2)] };
        var generator = new LetterGenerator();
        var records = new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { EmbeddingGenerator = new TextAndImageEmbeddingGenerator(generator, generator) }).GetDynamicCollection("r", definition);
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync([new() { ["Id"] = 1, ["V"] = new DataContent(new byte[] { 1, 1, 2 }, "image/png") }, new() { ["Id"] = 2, ["V"] = new DataContent(new byte[] { 1, 2, 2 }, "image/png") }]);
        Assert.AreEqual(2, (await records.SearchAsync("bb", 1).All())[0].Record["Id"]);
        Assert.AreEqual(1, (await records.SearchAsync(new DataContent(new byte[] { 1 }, "image/png"), 1).All())[0].Record["Id"]);
    }

    [TestMethod]
    public async Task DualGenerator_OnVectors_SearchesBoth()
    {
        var generator = new LetterGenerator();
        var notes = new EmbeddingCollection<string, Note>(new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { EmbeddingGenerator = new TextAndImageEmbeddingGenerator(generator, generator) }), "notes");
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync([Note.Create("a", 1, 0), Note.Create("b", 0, 1)]);
        Assert.AreEqual("b,a", await notes.SearchAsync("abb", 2).Ids());
        Assert.AreEqual("a,b", await notes.SearchAsync(new DataContent(new byte[] { 1, 1, 2 }, "image/png"), 2).Ids());
    }

    private sealed class Far
    {
        [VectorStoreKey]
        public string Id { get; set; } = "";

        [VectorStoreVector(2, DistanceFunction = DistanceFunction.EuclideanDistance)]
        public float[]? Vector { get; set; }
    }
}
