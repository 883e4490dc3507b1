using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Documentation;

/// <summary>What docs/vector-data.md shows, compiled and run.</summary>
internal static class VectorDataExample
{
    public static async Task<string> RunAsync(
        IEmbeddingGenerator<string, Embedding<float>> texts, IEmbeddingGenerator<DataContent, Embedding<float>> images, EmbeddingMapTransformer model, IReadOnlyList<DataContent> photos, string file)
    {
        // Both are behind UseModalityCorrection(model, ...): embeddings carry the fingerprint of the maps.
        using var generator = new TextAndImageEmbeddingGenerator(texts, images, textModality: "Text", imageModality: "Image");
        using var store = new EmbeddingVectorStore(new() { EmbeddingGenerator = generator });
        var items = store.GetCollection<string, Item>("items", new EmbeddingCollectionOptions { Model = model, ModalityProperty = "Modality", FingerprintProperty = "Maps" });
        await items.EnsureCollectionExistsAsync();

        var embeddings = await generator.GenerateAsync(photos);
        await items.UpsertAsync(embeddings.Select((embedding, i) => new Item { Id = $"photo {i}", Vector = embedding }));
        await foreach (var found in items.SearchAsync("two red circles", 10, new() { Filter = item => item.Modality == "Image" }))
            Console.WriteLine($"{found.Score:F2} {found.Record.Id}");
        await foreach (var found in items.HybridSearchAsync("two red circles", ["red", "circles"], 10))
            Console.WriteLine($"{found.Score:F4} {found.Record.Id}");

        store.Save(file);
        using var reopened = EmbeddingVectorStore.Load(file, new() { EmbeddingGenerator = generator });
        var again = reopened.GetCollection<string, Item>("items");
        return string.Join(", ", (await again.SearchAsync(photos[0], 2).All()).Select(found => found.Record.Id));
    }
}

internal sealed class Item
{
    [VectorStoreKey]
    public string Id { get; set; } = "";

    [VectorStoreData(IsIndexed = true)]
    public string? Modality { get; set; }

    [VectorStoreData(IsIndexed = true)]
    public string? Maps { get; set; }

    [VectorStoreData(IsFullTextIndexed = true)]
    public string? Caption { get; set; }

    [VectorStoreVector(8)]
    public Embedding<float>? Vector { get; set; }
}
