var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var model = ml.Transforms.CenterModalities("Image", "Text").Fit(pairs);
var map = model.GetModality("Image").Map;
File.Copy(Path.Combine("clip-vit-base-patch32", "vision_model.onnx"), "vision_model.onnx");
var classifier = ml.Transforms.ClassifyZeroShot("Image", World.Shapes, ml.Transforms.EmbedClipText("Text", "Prompt", "clip-vit-base-patch32")).Fit(pairs);
var index = mlContext.ModalityGap().CreateIndex(model, pairs, "Image", "Id");
var queryMap = model.GetModality("Text").Map;
