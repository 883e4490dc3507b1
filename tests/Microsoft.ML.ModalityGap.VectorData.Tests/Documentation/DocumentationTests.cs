using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap.Tests.Documentation;

[TestClass]
public class DocumentationTests
{
    [TestMethod]
    public void Examples_StandInWhatIsCompiled() => DocumentedCode.Check("vector-data.md", Path.Combine("tests", "Microsoft.ML.ModalityGap.VectorData.Tests", "Documentation"), minimumBlocks: 2);

    [TestMethod]
    public async Task Example_FindsThePhotoItAsksWith()
    {
        using var folder = new TemporaryFolder();
        var (images, texts) = Pairs.Draw(5, 11);
        using var ofTexts = new VectorGenerator<string>(_ => texts[0]).AsBuilder().UseModalityCorrection(Pairs.Model, "Text").Build();
        using var ofImages = new VectorGenerator<DataContent>(image => images[image.Data.Span[0]]).AsBuilder().UseModalityCorrection(Pairs.Model, "Image").Build();
        var photos = Enumerable.Range(0, 5).Select(i => new DataContent(new[] { (byte)i }, "image/png")).ToArray();
        Assert.StartsWith("photo 0, ", await VectorDataExample.RunAsync(ofTexts, ofImages, Pairs.Model, photos, folder.File("items.store")));
    }

    private sealed class VectorGenerator<T>(Func<T, float[]> embed) : IEmbeddingGenerator<T, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<T> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value => new Embedding<float>(embed(value)))));

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose()
        {
        }
    }
}
