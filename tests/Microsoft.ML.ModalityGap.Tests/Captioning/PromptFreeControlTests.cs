using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Captioning;

[TestClass]
public class PromptFreeControlTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Figures_OfMadeUpPairs_EqualTheCountOverAllPairs()
    {
        const int Rows = 150;
        var data = TestEmbeddings.CreateDataView(_ml, Rows);
        foreach (var kind in Enum.GetValues<CaptionScoreKind>())
        {
            var control = _ml.ModalityGap().EvaluatePromptFreeControl(data, "Image", "Text", new ScoreCaptionsOptions { Kind = kind });
            var pairs = ColumnValues.Read(data, "Image", "Text");
            var (x, y) = (pairs.ConvertAll(row => Normalize((float[])row[0])), pairs.ConvertAll(row => Normalize((float[])row[1])));
            double Score(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum() switch
            {
                var cosine when kind is CaptionScoreKind.Cosine or CaptionScoreKind.I0TS => cosine,
                var cosine => (kind == CaptionScoreKind.ClipS ? 2.5 : 100) * Math.Max(cosine, 0),
            };
            double imageText = 0, imageImage = 0, textText = 0, imageWins = 0, textWins = 0, otherWins = 0;
            const double All = Rows * (Rows - 1);
            for (var i = 0; i < Rows; i++)
            {
                var own = Score(x[i], y[i]);
                for (var j = 0; j < Rows; j++)
                {
                    if (i == j)
                        continue;
                    imageText += Score(x[i], y[j]) / All;
                    imageImage += Score(x[i], x[j]) / All;
                    textText += Score(y[i], y[j]) / All;
                    otherWins += Score(x[i], y[j]) > own ? 1 / All : 0;
                    imageWins += Score(x[i], x[j]) > own ? 1 / All : 0;
                    textWins += Score(y[i], y[j]) > own ? 1 / All : 0;
                }
            }

            var scale = kind == CaptionScoreKind.TorchMetrics ? 1e-4 : 2e-6;
            Assert.AreEqual(Enumerable.Range(0, Rows).Average(i => Score(x[i], y[i])), control.MatchedImageText, scale);
            Assert.AreEqual(imageText, control.MismatchedImageText, scale);
            Assert.AreEqual(imageImage, control.MismatchedImageImage, scale);
            Assert.AreEqual(textText, control.MismatchedTextText, scale);

            // A comparison may fall the other way by rounding: each is 1/22350.
            Assert.AreEqual(imageWins, control.ImagePreferredToOwnText, 1e-4);
            Assert.AreEqual(textWins, control.TextPreferredToOwnImage, 1e-4);
            Assert.AreEqual(otherWins, control.OtherTextPreferredToOwn, 1e-4);
        }
    }

    /// <summary>The paper's point, on real CLIP embeddings: fitted on one half, measured on the other.</summary>
    [TestMethod]
    public void RealClip_ClipSPrefersStrangersOfItsModality_I0TSDoesNot()
    {
        var data = _ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var (fit, held) = (_ml.Data.TakeRows(data, 250), _ml.Data.SkipRows(data, 250));
        var center = _ml.Transforms.CenterModalities("Image", "Text").Fit(fit);
        var raw = _ml.ModalityGap().EvaluatePromptFreeControl(held, "Image", "Text");
        var closed = _ml.ModalityGap().EvaluatePromptFreeControl(
            held, "Image", "Text", new ScoreCaptionsOptions { ImageMap = center.GetModality("Image").Map, TextMap = center.GetModality("Text").Map });

        Assert.AreEqual(250, raw.Count);
        Assert.IsGreaterThan(raw.MatchedImageText, raw.MismatchedImageImage);
        Assert.IsGreaterThan(0.9, raw.ImagePreferredToOwnText);
        Assert.IsLessThan(closed.MatchedImageText / 2, closed.MismatchedImageImage);
        Assert.IsLessThan(0.15, closed.ImagePreferredToOwnText);
        Assert.IsLessThan(0.15, closed.TextPreferredToOwnImage);
    }

    private static double[] Normalize(float[] values)
    {
        var norm = Math.Sqrt(values.Sum(value => (double)value * value));
        return Array.ConvertAll(values, value => value / norm);
    }
}
