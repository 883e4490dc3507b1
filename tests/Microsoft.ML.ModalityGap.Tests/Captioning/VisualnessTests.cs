namespace Microsoft.ML.ModalityGap.Tests.Captioning;

[TestClass]
public class VisualnessTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Scores_EqualTheMeanOfTheNearest(bool isRelative)
    {
        const int Rows = 90, Dimension = 12, Neighbors = 7;
        var data = TestEmbeddings.CreateDataView(_ml, Rows, Dimension);
        var scores = _ml.ModalityGap().ScoreVisualness(data, "Text", data, "Image", new() { Neighbors = Neighbors, IsRelative = isRelative });
        Assert.HasCount(Rows, scores.Scores);
        Assert.AreEqual(Rows, scores.ImageCount);
        var (images, texts) = (Read(1), Read(101));
        for (var i = 0; i < Rows; i++)
        {
            var cosines = images.Select(image => image.Zip(texts[i], (a, b) => a * b).Sum()).OrderDescending().ToArray();
            Assert.AreEqual(cosines.Take(Neighbors).Average() - (isRelative ? cosines.Average() : 0), scores.Scores[i], 1e-5);
        }

        double[][] Read(int seed) => [.. TestEmbeddings.Create(Rows, Dimension, seed).Chunk(Dimension).Select(row => NaiveMoments.Normalize(Array.ConvertAll(row, value => (double)value)))];
    }

    /// <summary>Captions of pictures that are in the bank stand above those whose picture is not, by CLIP's own embeddings.</summary>
    [TestMethod]
    public void RealClip_CaptionsOfTheBanksImages_AreMorePicturable()
    {
        var data = _ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var center = _ml.Transforms.CenterModalities("Image", "Text").Fit(data);
        var scores = _ml.ModalityGap().ScoreVisualness(
            data, "Text", _ml.Data.TakeRows(data, 250), "Image", new() { Neighbors = 1, ImageMap = center.GetModality("Image").Map, TextMap = center.GetModality("Text").Map }).Scores;
        Assert.IsGreaterThan(scores.Skip(250).Average() + 0.02, scores.Take(250).Average());
    }

    [TestMethod]
    public void UnusableRows_ThrowOrScoreNaN()
    {
        var rows = Enumerable.Range(0, 20).Select(i => new TestEmbeddings.Pair { Image = TestEmbeddings.Create(1, 5, i), Text = TestEmbeddings.Create(1, 5, i + 90) }).ToList();
        rows[12].Text[3] = float.NaN;
        var data = TestEmbeddings.CreateDataView(_ml, rows, 5);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().ScoreVisualness(data, "Text", data, "Image")).Message, "Column 'Text', row 12 cannot be used");
        var scores = _ml.ModalityGap().ScoreVisualness(data, "Text", data, "Image", new() { UnusableRows = UnusableRows.Skip });
        Assert.IsTrue(double.IsNaN(scores.Scores[12]));
        Assert.AreEqual(19, scores.Scores.Count(double.IsFinite));
        Assert.IsTrue(double.IsFinite(scores.Mean));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new VisualnessOptions { Neighbors = 0 });
    }
}
