// a fitted model with its correction, generators behind its maps, and records of photos
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
public class Item
{
    [VectorStoreKey] public string Id { get; set; } = "";
    [VectorStoreData(IsIndexed = true)] public string Modality { get; set; }
    [VectorStoreData(IsIndexed = true)] public string Maps { get; set; }
    [VectorStoreVector(96)] public Embedding<float> Vector { get; set; }
}
var mlContext = new MLContext(seed: 1);
var model = mlContext.Transforms.CorrectSimilarities("Image", "Text").Fit(World.Embed(mlContext));
var texts = new ClipTextEmbeddingGenerator("clip-vit-base-patch32").AsBuilder().UseModalityCorrection(model, "Text").Build();
var images = new ClipImageEmbeddingGenerator("clip-vit-base-patch32").AsBuilder().UseModalityCorrection(model, "Image").Build();
var records = (await images.GenerateAsync(Enumerable.Range(0, 5).Select(i => new DataContent(File.ReadAllBytes($"{i}.png"), "image/png")))).Select((embedding, i) => new Item { Id = $"photo {i}", Modality = "Image", Vector = embedding }).ToArray();
