using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class ClipEmbeddingGeneratorTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Texts_InBatchesAndAlone_EqualThePipeline()
    {
        using var generator = new ClipTextEmbeddingGenerator(Tiny.Folder);
        var expected = Tiny.EmbedCaptions();
        Tiny.AssertSame(expected, await generator.GenerateAsync(Tiny.Captions, cancellationToken: Token));
        Tiny.AssertSame(expected[..3], [.. await Task.WhenAll(Tiny.Captions[..3].Select(text => generator.GenerateAsync(text, cancellationToken: Token)))]);
        Assert.IsEmpty(await generator.GenerateAsync([], cancellationToken: Token));
    }

    [TestMethod]
    public async Task Images_InBatchesAndAlone_EqualThePipeline()
    {
        using var generator = new ClipImageEmbeddingGenerator(Tiny.Folder, EmbedClipImagesOptions.Default with { Encoder = new EncodeWithOnnxOptions { BatchSize = 16 } });
        var expected = Tiny.EmbedImages();
        Tiny.AssertSame(expected, await generator.GenerateAsync(Tiny.Images, cancellationToken: Token));
        Tiny.AssertSame(expected[..1], await generator.GenerateAsync(Tiny.Images[..1], cancellationToken: Token));
        Tiny.AssertSame(expected[..1], await generator.GenerateAsync([new DataContent(new byte[10].Concat(Tiny.Images[0].Data.ToArray()).ToArray().AsMemory(10), "image/png")], cancellationToken: Token));
    }

    [TestMethod]
    public async Task Generator_ManyCallersAtOnce_GivesEachItsOwn()
    {
        using var generator = new ClipTextEmbeddingGenerator(Tiny.Folder);
        var expected = Tiny.EmbedCaptions();
        await Parallel.ForAsync(0, 60, Token, async (i, token) =>
        {
            if (i % 3 == 0)
                Tiny.AssertSame(expected[(i / 3)..(i / 3 + 10)], await generator.GenerateAsync(Tiny.Captions[(i / 3)..(i / 3 + 10)], cancellationToken: token));
            else
                Tiny.AssertSame(expected[(i % 40)..(i % 40 + 1)], await generator.GenerateAsync(Tiny.Captions[(i % 40)..(i % 40 + 1)], cancellationToken: token));
        });
    }

    [TestMethod]
    public async Task Embeddings_SayWhatMadeThem()
    {
        using var generator = new ClipTextEmbeddingGenerator(Tiny.Folder, modelId: "tiny");
        var embedding = (await generator.GenerateAsync(["a red circle"], new EmbeddingGenerationOptions { ModelId = "tiny", Dimensions = generator.Metadata.DefaultModelDimensions }, Token))[0];
        Assert.AreEqual("tiny", embedding.ModelId);
        Assert.IsNotNull(embedding.CreatedAt);
        Assert.IsNull(embedding.FindMapFingerprint());
        Assert.AreEqual(embedding.Dimensions, generator.Metadata.DefaultModelDimensions);
        Assert.AreSame(generator.Metadata, generator.GetService<EmbeddingGeneratorMetadata>());
        Assert.AreSame(generator, generator.GetService<ClipTextEmbeddingGenerator>());
        Assert.IsNull(generator.GetService<MLContext>());
        Assert.IsNull(generator.GetService(typeof(ClipTextEmbeddingGenerator), "key"));
        using var unnamed = new ClipTextEmbeddingGenerator(Tiny.Folder + "/");
        Assert.AreEqual("model", unnamed.Metadata.DefaultModelId);
    }

    [TestMethod]
    public async Task Options_OfAnotherModelOrDimension_AreRefused()
    {
        using var generator = new ClipTextEmbeddingGenerator(Tiny.Folder);
        StringAssert.Contains(
            (await Assert.ThrowsExactlyAsync<ArgumentException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "other" }, Token))).Message, "'other'");
        StringAssert.Contains(
            (await Assert.ThrowsExactlyAsync<ArgumentException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 3 }, Token))).Message, "3 dimensions");
    }

    [TestMethod]
    public async Task Items_ThatCannotBeUsed_AreNamed()
    {
        using var texts = new ClipTextEmbeddingGenerator(Tiny.Folder);
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<ArgumentException>(() => texts.GenerateAsync(["a", null!], cancellationToken: Token))).Message, "Text 1");

        using var images = new ClipImageEmbeddingGenerator(Tiny.Folder);
        var noImage = new DataContent("hello"u8.ToArray(), "text/plain");
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<ArgumentException>(() => images.GenerateAsync([Tiny.Images[0], noImage], cancellationToken: Token))).Message, "text/plain");
        var broken = new DataContent(new byte[] { 1, 2, 3 }, "image/png");
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<InvalidDataException>(() => images.GenerateAsync([Tiny.Images[0], Tiny.Images[1], broken], cancellationToken: Token))).Message, "row 2");
        await Assert.ThrowsExactlyAsync<InvalidDataException>(() => images.GenerateAsync([broken], cancellationToken: Token));
        Assert.HasCount(1, await images.GenerateAsync([Tiny.Images[0]], cancellationToken: Token), "after a failure");
    }

    [TestMethod]
    public async Task Cancelled_Stops()
    {
        using var generator = new ClipTextEmbeddingGenerator(Tiny.Folder);
        using var cancellation = new CancellationTokenSource();
        IEnumerable<string> Texts()
        {
            // Cancelled when all has been taken in and encoding is about to begin.
            for (var i = 0; i < 200_000; i++)
                yield return "a red circle on white";
            cancellation.CancelAfter(30);
        }

        await Assert.ThrowsAsync<OperationCanceledException>(() => generator.GenerateAsync(Texts(), cancellationToken: cancellation.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(() => generator.GenerateAsync(["a"], cancellationToken: cancellation.Token));
    }

    [TestMethod]
    public async Task Disposed_Refuses()
    {
        var generator = new ClipTextEmbeddingGenerator(Tiny.Folder);
        await generator.GenerateAsync(["a"], cancellationToken: Token);
        generator.Dispose();
        generator.Dispose();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => generator.GenerateAsync(["a"], cancellationToken: Token));
    }

    [TestMethod]
    public async Task BakedEncoder_TellsItsFingerprintAndIsNotCorrectedTwice()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Tiny.Folder))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var context = new MLContext();
        var dimension = Tiny.EmbedCaptions()[0].Length;
        var map = new EmbeddingMap(dimension, new L2NormalizeStep(), new TruncateStep(8));
        var model = context.ModalityGap().CreateTransformer(ModalityColumns.PerColumn("Text"), new ModalityMap("Text", map));
        context.ModalityGap().AppendToOnnx(Path.Combine(Tiny.Folder, "text_model.onnx"), model, "Text", folder.File("text_model.onnx"));

        using var generator = new ClipTextEmbeddingGenerator(folder.Path);
        var embeddings = await generator.GenerateAsync(Tiny.Captions, cancellationToken: Token);
        Tiny.AssertSame([.. Tiny.EmbedCaptions().Select(row => map.Apply(row))], embeddings);
        Assert.AreEqual(model.Fingerprint, embeddings[0].FindMapFingerprint());
        using var twice = new ModalityCorrectionEmbeddingGenerator<string>(generator, new EmbeddingMap(8));
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => twice.GenerateAsync(["a"], cancellationToken: Token))).Message, model.Fingerprint);
    }

    [TestMethod]
    public async Task Services_GiveOneGeneratorWithItsCorrection()
    {
        var dimension = Tiny.EmbedCaptions()[0].Length;
        var map = new EmbeddingMap(dimension, new TruncateStep(5), new L2NormalizeStep());
        var services = new ServiceCollection();
        services.AddClipTextEmbeddingGenerator(Tiny.Folder).UseModalityCorrection(map);
        services.AddClipTextEmbeddingGenerator(Tiny.Folder, serviceKey: "raw");
        services.AddClipImageEmbeddingGenerator(Tiny.Folder);
        await using var provider = services.BuildServiceProvider();

        var generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        Assert.AreSame(generator, provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        Tiny.AssertSame([.. Tiny.EmbedCaptions().Select(row => map.Apply(row))], await generator.GenerateAsync(Tiny.Captions, cancellationToken: Token));
        Assert.AreEqual(5, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        Assert.AreEqual(dimension, (await provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("raw").GenerateVectorAsync("a", cancellationToken: Token)).Length);
        Assert.HasCount(1, await provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>().GenerateAsync(Tiny.Images[..1], cancellationToken: Token));
    }

    [TestMethod]
    public void MissingFolder_IsNamed() =>
        StringAssert.Contains(Assert.ThrowsExactly<DirectoryNotFoundException>(() => new ClipTextEmbeddingGenerator("no-such-model")).Message, "no-such-model");
}
