// an index of images behind a fitted model with its correction, and texts that ask
var mlContext = new MLContext(seed: 1);
var pairs = World.Embed(mlContext);
var model = mlContext.Transforms.CorrectSimilarities("Image", "Text").Fit(pairs);
var index = mlContext.ModalityGap().CreateIndex(model, pairs, "Image", "Id");
var texts = pairs.GetColumn<float[]>("Text").Select(text => model.GetModality("Text").Map.Apply(text)).ToArray();
var queries = texts.SelectMany(text => text).ToArray();
var query = texts[0];
