using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Calibration;

[TestClass]
public class RecalibrateScoresTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void RecalibrateScores_Number_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.RecalibrateScores("Comparable", "New", "Old", new RecalibrateScoresOptions { QuantileCount = 31 }),
            context => context.Data.LoadFromEnumerable(CreateRows(150)),
            ["New"],
            ["Comparable"]);

    [TestMethod]
    public void RecalibrateScores_VectorInPlace_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.RecalibrateScores("Vector", "Vector", "Old"),
            context => context.Data.LoadFromEnumerable(CreateRows(150)),
            ["Vector"],
            ["Vector"]);

    [TestMethod]
    public void MapThreshold_LetsTheSameShareOfRowsPass()
    {
        var rows = CreateRows(2000);
        var transformer = Fit(rows);
        foreach (var threshold in new[] { 0.05f, 0.2f, 0.3f, 0.31f, 0.5f, 0.61f })
        {
            var before = rows.Count(row => row.Old >= threshold);
            var after = rows.Count(row => row.New >= transformer.MapThreshold(threshold));
            Assert.AreEqual(before, after, 2000 * 0.002, $"threshold {threshold}");
        }
    }

    [TestMethod]
    public void MapScore_OfTheMappedThreshold_IsTheThreshold()
    {
        var transformer = Fit(CreateRows(500));
        for (var threshold = -0.5f; threshold < 1.5f; threshold += 0.01f)
            Assert.AreEqual(threshold, transformer.MapScore(transformer.MapThreshold(threshold)), 1e-5f);
    }

    [TestMethod]
    public void Map_OfALinearChange_IsThatChangeBeyondWhatWasSeen()
    {
        var rows = Enumerable.Range(0, 40).Select(i => new Row { Old = 0.01f * i, New = 4 * 0.01f * i - 1 }).ToArray();
        var transformer = Fit(rows);
        foreach (var old in new[] { -0.3f, 0, 0.123f, 0.39f, 0.8f })
            Assert.AreEqual(4 * old - 1, transformer.MapThreshold(old), 1e-5f);
    }

    [TestMethod]
    public void Map_OfScoresWithManyTies_NeverFalls()
    {
        var random = new Random(2);
        var rows = Enumerable.Range(0, 300).Select(_ => new Row { Old = random.Next(4), New = random.Next(3) * random.Next(3) }).ToArray();
        var transformer = Fit(rows);
        for (var value = -2f; value < 6; value += 0.05f)
        {
            Assert.IsLessThanOrEqualTo(transformer.MapThreshold(value + 0.05f), transformer.MapThreshold(value));
            Assert.IsLessThanOrEqualTo(transformer.MapScore(value + 0.05f), transformer.MapScore(value));
        }
    }

    /// <summary>A threshold on raw CLIP cosines of true and false pairs, carried over to centred ones: fitted on one half of the images, checked on the other.</summary>
    [TestMethod]
    public void RealClip_ThresholdOnRawCosines_KeepsItsShareAfterClosingTheGap()
    {
        var data = _ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var center = _ml.Transforms.CenterModalities("Image", "Text").Fit(data);
        var pairs = ColumnValues.Read(data, "Image", "Text");
        var (image, text) = (center.GetModality("Image").Map, center.GetModality("Text").Map);
        var rows = Enumerable.Range(0, pairs.Count).SelectMany(i => new[] { (i, i), (i, (i + 7) % pairs.Count) }).Select(pair =>
        {
            var (x, y) = ((float[])pairs[pair.Item1][0], (float[])pairs[pair.Item2][1]);
            return new Row
            {
                Id = pair.Item1,
                Old = System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(x, y),
                New = System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(image.Apply(x), text.Apply(y)),
            };
        }).ToArray();
        var transformer = Fit(rows.Where(row => row.Id % 2 == 0));
        var held = rows.Where(row => row.Id % 2 == 1).ToArray();
        var threshold = held.Select(row => row.Old).Order().ElementAt(held.Length / 10);
        Assert.AreEqual(0.9, held.Count(row => row.New >= transformer.MapThreshold(threshold)) / (double)held.Length, 0.05);
        Assert.IsLessThan(0.8, held.Count(row => row.New >= threshold) / (double)held.Length, "Carried over as it is, the threshold says something else.");
    }

    [TestMethod]
    public void Fit_ScoresThatCannotBeMapped_SaysWhy()
    {
        Check("Every score in 'Old' is 1", [new Row { Old = 1, New = 2 }, new Row { Old = 1, New = 3 }]);
        Check("has 1 score", [new Row { Old = 1, New = 2 }]);
        Check("'New', row 1, holds NaN", [new Row { Old = 1, New = 2 }, new Row { Old = 2, New = float.NaN }]);
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.RecalibrateScores("Out", "Old", "Old"));

        static void Check(string message, Row[] rows) => Assert.Contains(message, Assert.ThrowsExactly<InvalidDataException>(() => Fit(rows)).Message);
    }

    private static RecalibrateScoresTransformer Fit(IEnumerable<Row> rows) => _ml.Transforms.RecalibrateScores("Out", "New", "Old").Fit(_ml.Data.LoadFromEnumerable(rows));

    private static Row[] CreateRows(int count)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var score = 0.3f + 0.15f * (float)(random.NextDouble() + random.NextDouble() - 1) + (i % 5 == 0 ? 0.3f : 0);
            return new Row { Id = i, Old = score, New = MathF.Tanh(3 * (score - 0.3f)) + 0.05f * (float)random.NextDouble(), Vector = [score, 2 * score, -score] };
        })];
    }

    private sealed class Row
    {
        public int Id { get; set; }

        public float Old { get; set; }

        public float New { get; set; }

        [VectorType(3)]
        public float[] Vector { get; set; } = new float[3];
    }
}
