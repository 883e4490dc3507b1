using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>What Microsoft.Extensions.VectorData documents of properties, distance functions, kinds of indexes and errors, a test a sentence.</summary>
[TestClass]
public class DefinitionTests
{
    private static readonly float[] _east = [1, 0];

    /// <summary>"Cosine similarity measures only the angle between the two vectors, without taking into account the length of the vectors."</summary>
    [TestMethod]
    public async Task CosineSimilarity_OfAnyLength_IsTheSame() => Assert.AreEqual("1,1,1", await ScoresAsync(DistanceFunction.CosineSimilarity, [0.001f, 0], [1, 0], [5000, 0]));

    /// <summary>"-1 means vectors are opposite. 0 means vectors are orthogonal. 1 means vectors are identical."</summary>
    [TestMethod]
    public async Task CosineSimilarity_OppositeOrthogonalIdentical() => Assert.AreEqual("1,0,-1", await ScoresAsync(DistanceFunction.CosineSimilarity, [-1, 0], [0, 1], [1, 0]));

    /// <summary>"2 means vectors are opposite. 1 means vectors are orthogonal. 0 means vectors are identical."</summary>
    [TestMethod]
    public async Task CosineDistance_OppositeOrthogonalIdentical() => Assert.AreEqual("0,1,2", await ScoresAsync(DistanceFunction.CosineDistance, [-1, 0], [0, 1], [1, 0]));

    /// <summary>"CosineDistance = 1 - CosineSimilarity."</summary>
    [TestMethod]
    public async Task CosineDistance_IsOneMinusSimilarity() => Assert.AreEqual("0.2,0.8", $"{await ScoresAsync(DistanceFunction.CosineDistance, [0.8f, 0.6f])},{await ScoresAsync(DistanceFunction.CosineSimilarity, [0.8f, 0.6f])}");

    /// <summary>"measures both the length and angle between two vectors. The higher the value, the more similar the vectors."</summary>
    [TestMethod]
    public async Task DotProductSimilarity_MeasuresLengthAndAngle() => Assert.AreEqual("4,3,2", await ScoresAsync(DistanceFunction.DotProductSimilarity, [2, 0], [4, 0], [3, 9]));

    /// <summary>"NegativeDotProduct = -1 * DotProductSimilarity. The higher the value, the greater the distance between the vectors and the less similar the vectors."</summary>
    [TestMethod]
    public async Task NegativeDotProductSimilarity_IsItsNegative() => Assert.AreEqual("-4,-3,-2", await ScoresAsync(DistanceFunction.NegativeDotProductSimilarity, [2, 0], [4, 0], [3, 9]));

    /// <summary>"Also known as l2-norm."</summary>
    [TestMethod]
    public async Task EuclideanDistance_IsTheNormOfTheDifference() => Assert.AreEqual("0,1,5", await ScoresAsync(DistanceFunction.EuclideanDistance, [4, 4], [1, 1], [1, 0]));

    /// <summary>"Also known as l2-squared."</summary>
    [TestMethod]
    public async Task EuclideanSquaredDistance_IsItsSquare() => Assert.AreEqual("0,1,25", await ScoresAsync(DistanceFunction.EuclideanSquaredDistance, [4, 4], [1, 1], [1, 0]));

    /// <summary>"The default varies by database type": here it is cosine similarity.</summary>
    [TestMethod]
    public async Task DistanceFunction_Default_IsCosineSimilarity() => Assert.AreEqual("0.8", await ScoresAsync(function: null, [8, 6]));

    /// <summary>"Not all Vector Store providers support all index types": this one has the brute force search only, and says so.</summary>
    [TestMethod]
    [DataRow(IndexKind.Hnsw)]
    [DataRow(IndexKind.IvfFlat)]
    [DataRow(IndexKind.DiskAnn)]
    [DataRow(IndexKind.QuantizedFlat)]
    [DataRow(IndexKind.Dynamic)]
    public void IndexKind_OtherThanFlat_IsRefused(string kind)
    {
        using var store = new EmbeddingVectorStore();
        var error = Assert.ThrowsExactly<NotSupportedException>(() => store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty("V", typeof(float[]), 2) { IndexKind = kind })));
        Assert.Contains(kind, error.Message);
        Assert.Contains(IndexKind.Flat, error.Message);
    }

    /// <summary>"Specifies the brute force search to find the nearest neighbors."</summary>
    [TestMethod]
    public async Task IndexKind_Flat_IsTheSearchThereIs()
    {
        using var store = new EmbeddingVectorStore();
        await store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty("V", typeof(float[]), 2) { IndexKind = IndexKind.Flat })).EnsureCollectionExistsAsync();
        Assert.IsTrue(await store.CollectionExistsAsync("r"));
    }

    /// <summary>"If not provided when trying to create a collection, create will fail", of dimensions.</summary>
    [TestMethod]
    public void Dimensions_NotPositive_CannotBeCreated()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new VectorStoreVectorProperty("V", typeof(float[]), 0));
        using var store = new EmbeddingVectorStore();
        Assert.Throws<ArgumentException>(() => store.GetCollection<string, WithoutDimensions>("r"));
    }

    /// <summary>"Gets an optional name to use for the property in storage, if different from the property name": the same records by another property of that name.</summary>
    [TestMethod]
    public async Task StorageName_IsWhatRecordsAreKeptUnder()
    {
        using var store = new EmbeddingVectorStore();
        VectorStoreCollectionDefinition Named(string key, string text, string vector) => new()
        {
            Properties =
            [
                new VectorStoreKeyProperty(key, typeof(string)) { StorageName = "key" }, new VectorStoreDataProperty(text, typeof(string)) { StorageName = "my_text" },
                new VectorStoreVectorProperty(vector, typeof(float[]), 2) { StorageName = "my_vector" },
            ],
        };
        var mine = store.GetDynamicCollection("r", Named("Id", "Text", "Vector"));
        await mine.EnsureCollectionExistsAsync();
        await mine.UpsertAsync(new Dictionary<string, object?> { ["Id"] = "a", ["Text"] = "t", ["Vector"] = _east });
        var theirs = await store.GetDynamicCollection("r", Named("Number", "Words", "Place")).GetAsync("a", new RecordRetrievalOptions { IncludeVectors = true });
        Assert.AreEqual("t", theirs!["Words"]);
        CollectionAssert.AreEqual(_east, (float[])theirs["Place"]!);
    }

    /// <summary>"Required when using a record type of Dictionary (dynamic mapping), but can be omitted when mapping any other .NET type": then it is the property's own.</summary>
    [TestMethod]
    public async Task PropertyTypes_Omitted_AreThoseOfTheRecord()
    {
        using var store = new EmbeddingVectorStore();
        VectorStoreCollectionDefinition definition = new() { Properties = [new VectorStoreKeyProperty("Id"), new VectorStoreDataProperty("Year"), new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), 2)] };
        var notes = store.GetCollection<string, Note>("notes", definition);
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync(Note.Create("a", 1, 0, year: 7));
        Assert.AreEqual(7, (await notes.GetAsync("a"))!.Year);
        Assert.Throws<Exception>(() => store.GetDynamicCollection("others", definition));
    }

    /// <summary>"If the record is mapped to a .NET type, this corresponds to the .NET property name on that type": a name that it does not have is an error.</summary>
    [TestMethod]
    public void PropertyName_ThatTheRecordLacks_IsNamed()
    {
        using var store = new EmbeddingVectorStore();
        var error = Assert.ThrowsExactly<ArgumentException>(() => store.GetCollection<string, Note>("notes", new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id"), new VectorStoreDataProperty("Nowhere", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), 2)] }));
        Assert.Contains("Nowhere", error.Message);
    }

    /// <summary>"Gets or sets a dictionary of provider-specific annotations for this property": those of other providers change nothing.</summary>
    [TestMethod]
    public async Task ProviderAnnotations_OfOthers_ChangeNothing()
    {
        using var store = new EmbeddingVectorStore();
        var records = store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty("V", typeof(float[]), 2) { ProviderAnnotations = new Dictionary<string, object?> { ["Other:Setting"] = 3 } }));
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(new Dictionary<string, object?> { ["Id"] = "a", ["V"] = _east });
        Assert.HasCount(1, await records.SearchAsync(_east, 2).All());
    }

    /// <summary>"Gets or sets a value indicating whether this key property's value is auto-generated or not": by the attribute, a key that is given stays, an empty one is made.</summary>
    [TestMethod]
    public async Task IsAutoGenerated_ByAttribute_MakesEmptyKeys()
    {
        using var store = new EmbeddingVectorStore();
        var records = store.GetCollection<Guid, Numbered>("r");
        await records.EnsureCollectionExistsAsync();
        var (given, made) = (new Numbered { Id = Guid.NewGuid(), Vector = _east }, new Numbered { Vector = _east });
        var key = given.Id;
        await records.UpsertAsync([given, made]);
        Assert.AreEqual(key, given.Id);
        Assert.AreNotEqual(Guid.Empty, made.Id);
        Assert.IsNotNull(await records.GetAsync(made.Id));
    }

    /// <summary>"The availability of auto-generated properties - as well as the .NET types supported for them - varies across provider implementations": here Guid alone.</summary>
    [TestMethod]
    public async Task IsAutoGenerated_GuidOnly()
    {
        using var store = new EmbeddingVectorStore();
        Assert.Throws<Exception>(() => store.GetDynamicCollection("text", Define(new VectorStoreVectorProperty("V", typeof(float[]), 2), new VectorStoreKeyProperty("Id", typeof(string)) { IsAutoGenerated = true })));
        var made = store.GetDynamicCollection("guid", Define(new VectorStoreVectorProperty("V", typeof(float[]), 2), new VectorStoreKeyProperty("Id", typeof(Guid)) { IsAutoGenerated = true }));
        await made.EnsureCollectionExistsAsync();
        var records = Enumerable.Range(0, 3).Select(_ => new Dictionary<string, object?> { ["Id"] = Guid.Empty, ["V"] = _east }).ToArray();
        await made.UpsertAsync(records);
        Assert.HasCount(3, records.Select(record => record["Id"]).Distinct());
    }

    /// <summary>"This generic version ... only needs to be used when ... a custom .NET type is used as input (any type other than String or DataContent)."</summary>
    [TestMethod]
    public async Task GenericVectorProperty_OfACustomType_IsEmbedded()
    {
        using var store = new EmbeddingVectorStore();
        var records = store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty<Uri>("V", 2) { EmbeddingGenerator = new UriGenerator() }));
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync([new() { ["Id"] = "a", ["V"] = new Uri("x:/aaa") }, new() { ["Id"] = "b", ["V"] = new Uri("x:/b") }]);
        Assert.AreEqual("b", (await records.SearchAsync(new Uri("x:/bb"), 1).All())[0].Record["Id"]);
    }

    /// <summary>"if your database does not support embedding generation, only pregenerated embeddings can be used."</summary>
    [TestMethod]
    public void VectorProperty_OfTextsWithoutAGenerator_IsRefused()
    {
        using var store = new EmbeddingVectorStore();
        Assert.ThrowsExactly<InvalidOperationException>(() => store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty("V", typeof(string), 2))));
    }

    /// <summary>"Gets or sets the desired embedding type (for example, Embedding&lt;Half&gt;)": there is Embedding&lt;float&gt; alone, and another is refused.</summary>
    [TestMethod]
    public void EmbeddingType_OtherThanFloat_IsRefused()
    {
        using var store = new EmbeddingVectorStore();
        Assert.Throws<Exception>(() => store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty("V", typeof(string), 2) { EmbeddingGenerator = new LetterGenerator(), EmbeddingType = typeof(Embedding<Half>) })));
    }

    /// <summary>"checks if there is a vector property to use by default, and throws an exception if either none or multiple exist": a record without one cannot be searched by it, with or without words.</summary>
    [TestMethod]
    public async Task Search_WithoutAVectorProperty_IsRefused()
    {
        using var store = new EmbeddingVectorStore();
        var definition = new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreDataProperty("Text", typeof(string)) { IsFullTextIndexed = true }] };
        await Assert.ThrowsAsync<Exception>(async () =>
        {
            var records = store.GetDynamicCollection("r", definition);
            await records.EnsureCollectionExistsAsync();
            await records.SearchAsync(_east, 1).All();
        });
    }

    /// <summary>"The current OrderByDefinition for chaining": the later order decides among equals.</summary>
    [TestMethod]
    public async Task OrderBy_Chained_DecidesAmongEquals()
    {
        var notes = await Notes.CreateAsync(Note.Create("a", 1, 0, "x", year: 1), Note.Create("b", 1, 0, "y", year: 2), Note.Create("c", 1, 0, "x", year: 3), Note.Create("d", 1, 0, "y", year: 4));
        Assert.AreEqual("c,a,d,b", await notes.GetAsync(note => true, 9, new() { OrderBy = order => order.Ascending(note => note.Kind).Descending(note => note.Year) }).Ids());
        Assert.AreEqual("b,d,a,c", await notes.GetAsync(note => true, 9, new() { OrderBy = order => order.Descending(note => note.Kind).Ascending(note => note.Year) }).Ids());
    }

    /// <summary>"Gets or initializes the name of the vector store operation that failed", and of the system, the store and the collection.</summary>
    [TestMethod]
    public async Task VectorStoreException_NamesSystemStoreCollectionAndOperation()
    {
        using var store = new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { Name = "s" });
        var error = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => store.GetCollection<string, Note>("missing").UpsertAsync(Note.Create("a", 1, 0)));
        Assert.AreEqual(("modality_gap", "s", "missing"), (error.VectorStoreSystemName, error.VectorStoreName, error.CollectionName));
        Assert.IsFalse(string.IsNullOrEmpty(error.OperationName));
    }

    /// <summary>"If not provided, the schema will be inferred from the record model class using reflection": one that is provided counts instead.</summary>
    [TestMethod]
    public async Task Definition_Provided_CountsInsteadOfAttributes()
    {
        using var store = new EmbeddingVectorStore();
        var notes = store.GetCollection<string, Note>("r", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), 3)],
        });
        await notes.EnsureCollectionExistsAsync();
        await notes.UpsertAsync(new Note { Id = "a", Vector = new float[] { 1, 2, 3 } });
        Assert.AreEqual(3, (await notes.GetAsync("a", new RecordRetrievalOptions { IncludeVectors = true }))!.Vector.Length);
    }

    /// <summary>"Returns null if the record is not found"; "If a record isn't found, it is ignored and the batch succeeds"; of no keys and no records nothing comes and nothing happens.</summary>
    [TestMethod]
    public async Task Batches_OfNothing_AreNothing()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.AreEqual("", await notes.GetAsync(Array.Empty<string>()).Ids());
        await notes.DeleteAsync(Array.Empty<string>());
        await notes.DeleteAsync(["nobody", "a"]);
        await notes.UpsertAsync(Array.Empty<Note>());
        Assert.AreEqual("b,c,d,e", await notes.GetAsync(note => true, 9).Ids());
    }

    /// <summary>"The maximum number of results to return."</summary>
    [TestMethod]
    public async Task Top_IsTheMost()
    {
        var notes = await Notes.CreateFiveAsync();
        Assert.HasCount(2, await notes.SearchAsync(_east, 2).All());
        Assert.HasCount(2, await notes.HybridSearchAsync(_east, ["apple"], 2).All());
        Assert.HasCount(2, await notes.GetAsync(note => true, 2).All());
    }

    private static VectorStoreCollectionDefinition Define(VectorStoreVectorProperty vector, VectorStoreKeyProperty? key = null) => new() { Properties = [key ?? new VectorStoreKeyProperty("Id", typeof(string)), vector] };

    private static async Task<string> ScoresAsync(string? function, params float[][] vectors)
    {
        using var store = new EmbeddingVectorStore();
        var records = store.GetDynamicCollection("r", Define(new VectorStoreVectorProperty("V", typeof(float[]), 2) { DistanceFunction = function }));
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(vectors.Select((vector, i) => new Dictionary<string, object?> { ["Id"] = $"{i}", ["V"] = vector }));
        return string.Join(",", (await records.SearchAsync(_east, 9).All()).Select(found => (Math.Round(found.Score!.Value, 5) + 0.0).ToString(CultureInfo.InvariantCulture)));
    }

    private sealed class Numbered
    {
        [VectorStoreKey(IsAutoGenerated = true)]
        public Guid Id { get; set; }

        [VectorStoreVector(2)]
        public float[]? Vector { get; set; }
    }

    private sealed class WithoutDimensions
    {
        [VectorStoreKey]
        public string Id { get; set; } = "";

        [VectorStoreVector(0)]
        public float[]? Vector { get; set; }
    }

    private sealed class UriGenerator : IEmbeddingGenerator<Uri, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<Uri> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value => new Embedding<float>(new float[] { value.ToString().Count(letter => letter == 'a'), value.ToString().Count(letter => letter == 'b') }))));

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose()
        {
        }
    }
}
