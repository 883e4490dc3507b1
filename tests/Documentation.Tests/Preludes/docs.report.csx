var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var model = ml.Transforms.CenterModalities("Image", "Text").Fit(ml.Data.TakeRows(pairs, 30));
var heldOut = ml.Data.SkipRows(pairs, 30);
