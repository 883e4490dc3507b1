using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class ModalityCorrectionTests
{
    private static readonly EmbeddingMap _map = new(3, new L2NormalizeStep(), new TranslateStep([-0.5f, 0.25f, 0]), new TruncateStep(2));

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Generate_MapsEachVectorAndKeepsTheRest()
    {
        using var inner = new FakeGenerator(dimension: 3);
        using var generator = inner.AsBuilder().UseModalityCorrection(_map).Build();
        var result = await generator.GenerateAsync(["a", "bcd"], cancellationToken: TestContext.CancellationToken);

        CollectionAssert.AreEqual(_map.Apply([1, 2, 3]), result[0].Vector.ToArray());
        CollectionAssert.AreEqual(_map.Apply([3, 4, 5]), result[1].Vector.ToArray());
        Assert.AreEqual("fake", result[1].ModelId);
        Assert.AreEqual(7L, result.Usage!.InputTokenCount);
        Assert.AreEqual("kept", result[0].AdditionalProperties!["own"]);
        Assert.AreEqual(16, result[0].FindMapFingerprint()!.Length);
    }

    [TestMethod]
    public async Task Generate_LeavesTheOtherGeneratorsEmbeddingsAlone()
    {
        using var inner = new FakeGenerator(dimension: 3) { Cache = [] };
        using var generator = new ModalityCorrectionEmbeddingGenerator<string>(inner, _map);
        var first = await generator.GenerateAsync(["a"], cancellationToken: TestContext.CancellationToken);
        var second = await generator.GenerateAsync(["a"], cancellationToken: TestContext.CancellationToken);
        CollectionAssert.AreEqual(first[0].Vector.ToArray(), second[0].Vector.ToArray());
        Assert.IsNull(inner.Cache["a"].FindMapFingerprint());
    }

    [TestMethod]
    public async Task Generate_OfOneModel_CarriesTheFingerprintOfAllItsModalities()
    {
        var context = new MLContext();
        var model = context.ModalityGap().CreateTransformer(
            ModalityColumns.PerColumn("Image", "Text"), new ModalityMap("Image", new EmbeddingMap(3, new TruncateStep(2))), new ModalityMap("Text", _map));
        using var texts = new FakeGenerator(3).AsBuilder().UseModalityCorrection(model, "Text").Build();
        using var images = new FakeGenerator(3).AsBuilder().UseModalityCorrection(model, "Image").Build();
        var (text, image) = (await texts.GenerateAsync("a", cancellationToken: TestContext.CancellationToken), await images.GenerateAsync("a", cancellationToken: TestContext.CancellationToken));
        Assert.AreEqual(model.Fingerprint, text.FindMapFingerprint());
        Assert.AreEqual(model.Fingerprint, image.FindMapFingerprint());
        Assert.AreEqual("Image", image.AdditionalProperties![EmbeddingMapProperties.Modality]);
        CollectionAssert.AreEqual(new float[] { 1, 2 }, image.Vector.ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => new FakeGenerator(3).AsBuilder().UseModalityCorrection(model, "Sound"));
    }

    [TestMethod]
    public async Task Dimensions_AreTheMapsOutsideAndTheGeneratorsInside()
    {
        using var inner = new FakeGenerator(dimension: 3);
        using var generator = new ModalityCorrectionEmbeddingGenerator<string>(inner, _map);
        await generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 2 }, TestContext.CancellationToken);
        Assert.AreEqual(3, inner.LastOptions!.Dimensions);
        Assert.AreEqual(2, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        Assert.AreSame(_map, generator.GetService<EmbeddingMap>());
        Assert.AreSame(inner, generator.GetService<FakeGenerator>());
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 3 }, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task OtherDimension_NamesBoth()
    {
        using var stated = new FakeGenerator(dimension: 4);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new ModalityCorrectionEmbeddingGenerator<string>(stated, _map)).Message, "yields 4 dimensions, but the map takes 3");

        using var unstated = new FakeGenerator(dimension: 4) { StatesDimension = false };
        using var generator = new ModalityCorrectionEmbeddingGenerator<string>(unstated, _map);
        StringAssert.Contains(
            (await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => generator.GenerateAsync(["a"], cancellationToken: TestContext.CancellationToken))).Message, "yields 4 dimensions, but the map takes 3");
    }

    /// <summary>Makes of a text of length n the vector n, n+1, ...</summary>
    private sealed class FakeGenerator(int dimension) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public bool StatesDimension { get; init; } = true;

        public Dictionary<string, Embedding<float>>? Cache { get; init; }

        public EmbeddingGenerationOptions? LastOptions { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            LastOptions = options;
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(Get)) { Usage = new UsageDetails { InputTokenCount = 7 } });
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("fake", defaultModelId: "fake", defaultModelDimensions: StatesDimension ? dimension : null)
            : serviceType == typeof(FakeGenerator) ? this
            : null;

        public void Dispose()
        {
        }

        private Embedding<float> Get(string text)
        {
            if (Cache?.TryGetValue(text, out var cached) == true)
                return cached;
            var made = new Embedding<float>(Enumerable.Range(0, dimension).Select(d => (float)(text.Length + d)).ToArray()) { ModelId = "fake", AdditionalProperties = new() { ["own"] = "kept" } };
            Cache?.Add(text, made);
            return made;
        }
    }
}
