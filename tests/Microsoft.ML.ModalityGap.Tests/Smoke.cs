namespace Microsoft.ML.ModalityGap.Tests;
[TestClass]
public class Smoke {
  [TestMethod] public void Clip() {
    var ml = new MLContext(1);
    var data = ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap","clip.npy"));
    var before = ml.ModalityGap().Evaluate(data, "Image","Text");
    Console.WriteLine(before);
    var model = ml.Transforms.CenterModalities("Image","Text").Fit(data);
    ml.Model.Save(model, data.Schema, "/tmp/m.zip");
    var again = ml.Model.Load("/tmp/m.zip", out _);
    Console.WriteLine(ml.ModalityGap().Evaluate(again.Transform(data), "Image","Text"));
  }
}
