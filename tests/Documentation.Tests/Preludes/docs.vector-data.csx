// a fitted model with its correction, generators behind its maps, photos, and a file to save to
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
var mlContext = new MLContext(seed: 1);
var model = mlContext.Transforms.CorrectSimilarities("Image", "Text").Fit(World.Embed(mlContext));
var texts = new ClipTextEmbeddingGenerator("clip-vit-base-patch32").AsBuilder().UseModalityCorrection(model, "Text").Build();
var images = new ClipImageEmbeddingGenerator("clip-vit-base-patch32").AsBuilder().UseModalityCorrection(model, "Image").Build();
var photos = Enumerable.Range(0, 5).Select(i => new DataContent(File.ReadAllBytes($"{i}.png"), "image/png")).ToArray();
var file = "items.store";
