var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var gallery = World.Stack(ml, pairs);
var model = ml.Transforms.CenterModalities(ModalityColumns.PerRow("Embedding", "Modality")).Fit(gallery);
var captions = pairs;
var query = model.GetModality("text").Map.Apply(pairs.GetColumn<float[]>("Text").First());
var trainingCaptions = model.ForColumns(ModalityColumns.PerColumn("Text"), "text").Transform(captions);
