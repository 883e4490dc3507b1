var ml = new MLContext(seed: 1);
var folder = "clip-vit-base-patch32";
