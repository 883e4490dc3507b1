var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var images = ml.Transforms.CopyColumns("Embedding", "Image").Append(ml.Transforms.CopyColumns("ImageId", "Id")).Fit(pairs).Transform(pairs);
var several = World.EmbedCaptions(ml);
var captions = ml.Transforms.CopyColumns("Embedding", "Text").Append(ml.Transforms.CopyColumns("ImageId", "Id")).Fit(several).Transform(several);
var queries = pairs;
