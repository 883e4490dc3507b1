// Zero-shot classification and caption scores with the small encoder of this repository, raw and with the gap closed.
//
//   dotnet run -c Release --project samples/ZeroShot
using Microsoft.ML;
using TinyClip;
using ZeroShot;

var ml = new MLContext(seed: 1);
var folder = TinyClipModel.FindFolder();
var scenes = Scenes.Draw(ml);

// The correction is fitted on scenes that nothing is measured on.
using var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder)
    .Append(ml.Transforms.EmbedClipText("Text", "Caption", folder))
    .Fit(scenes.Pairs);
var center = ml.Transforms.CenterModalities("Image", "Text").Fit(encoders.Transform(scenes.Pairs));

Classification.Run(ml, scenes, folder, center);
Captions.Run(ml, scenes, folder, center);
LongTexts.Run(ml, folder);
