// photos of pairs, and others to measure on
var ml = new MLContext(seed: 1);
var pairs = ml.Data.LoadFromEnumerable(World.Draw());
var heldOut = pairs;
