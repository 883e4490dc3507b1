// fitted on other scenes: center; pairs to score; rated, with a rating each
var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var center = ml.Transforms.CenterModalities("Image", "Text").Fit(pairs);
var rated = pairs;
var options = new ScoreCaptionsOptions();
