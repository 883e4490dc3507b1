var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
