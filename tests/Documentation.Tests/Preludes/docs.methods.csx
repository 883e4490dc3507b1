// encoders, and what goes through them; texts by two encoders
var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var data = ml.Data.LoadFromEnumerable(World.Draw());
var encoders = ml.Transforms.EmbedClipImages("Image", "ImagePath", "clip-vit-base-patch32").Append(ml.Transforms.EmbedClipText("Text", "Caption", "clip-vit-base-patch32"));
var (photos, sentences) = (pairs, pairs);
var texts = ml.Transforms.CopyColumns("New", "Text").Append(ml.Transforms.CopyColumns("Old", "Image")).Fit(pairs).Transform(pairs);
