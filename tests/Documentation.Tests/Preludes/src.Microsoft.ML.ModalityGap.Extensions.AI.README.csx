// a fitted model, an application that is being built, and a language model that always says the same
var mlContext = new MLContext(seed: 1);
var pairs = World.Embed(mlContext);
var model = mlContext.Transforms.CenterModalities("Image", "Text").Fit(pairs);
mlContext.Model.Save(model, pairs.Schema, "map.zip");
mlContext.ModalityGap().CreateIndex(World.Stack(mlContext, model.Transform(pairs)), "Embedding", "Id", "Modality").Save("photos.index");
File.Copy("0.png", "photo.jpg");
var builder = new { Services = new Microsoft.Extensions.DependencyInjection.ServiceCollection() };
var chatClient = new SayingNeutral();
VotedQuestion[] questions = [new VotedQuestion("Premise: a. Hypothesis: b.", new Dictionary<string, double> { ["neutral"] = 90, ["entailment"] = 10 })];
