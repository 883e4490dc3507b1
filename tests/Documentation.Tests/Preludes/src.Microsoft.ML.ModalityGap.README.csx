// img.npy and txt.npy: row i of both is a pair
var ml = new MLContext(seed: 1);
ml.ModalityGap().SaveAsNpy(World.Embed(ml), "img.npy", "Image");
ml.ModalityGap().SaveAsNpy(World.Embed(ml), "txt.npy", "Text");
