var ml = new MLContext(seed: 1);
var drawn = ml.Transforms.CopyColumns("embedding", "Image").Append(ml.Transforms.SelectColumns("embedding", "Id", "Caption")).Fit(World.Embed(ml)).Transform(World.Embed(ml));
ml.ModalityGap().SaveAsParquet(ml.Data.TakeRows(drawn, 30), "laion_0.parquet");
ml.ModalityGap().SaveAsParquet(ml.Data.SkipRows(drawn, 30), "laion_1.parquet");
