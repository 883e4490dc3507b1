using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

/// <summary>What the model is for, on embeddings of real encoders: inconclusive where the data is not there.</summary>
[TestClass]
public class RealCorrectionTests
{
    private const int Splits = 3;

    // A share of so many errs by 0.05 at most, once in twenty times by twice that.
    private const int LeastCount = 100;

    [TestMethod]
    [DataRow("mind-the-gap/clip.npy", 0.025)]
    [DataRow("fashion-clip.npy", 0.018)]
    [DataRow("mind-the-gap/convirt.npy", 0.0)]
    public void CorrectSimilarities_RealPairs_FindsMoreThanRawAndItsProbabilitiesHold(string file, double leastGain)
    {
        var context = new MLContext(seed: 1);
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath(file.Split('/')), "Image", "Text");
        var rows = new[] { "Image", "Text" }.Select(name => data.GetColumn<float[]>(name).ToArray()).ToArray();
        var (gain, probabilities) = (0.0, new List<(double P, bool IsMatch)>());
        for (var split = 0; split < Splits; split++)
        {
            var order = Enumerable.Range(0, rows[0].Length).ToArray();
            new Random(split).Shuffle(order);
            var (fit, held) = (Take(context, rows, order[..(order.Length / 2)]), Take(context, rows, order[(order.Length / 2)..]));
            var model = context.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { Seed = split }).Fit(fit);
            foreach (var (query, gallery) in new[] { ("Text", "Image"), ("Image", "Text") })
            {
                var raw = context.ModalityGap().CreateIndex(held, gallery).SearchBatch(held, query, 1);
                var index = context.ModalityGap().CreateIndex(model, held, gallery);
                var found = index.SearchBatch(model.Transform(held), query, 300, new SearchOptions { QueryModality = query });
                gain += (found.Where((neighbors, i) => neighbors[0].Position == i).Count() - raw.Where((neighbors, i) => neighbors[0].Position == i).Count()) / (2.0 * Splits * found.Count);
                for (var i = 0; i < found.Count; i++)
                {
                    // The best row of a gallery with the match, and of one without it: what the probability is of.
                    probabilities.Add((found[i][0].Probability!.Value, found[i][0].Position == i));
                    probabilities.Add((found[i].First(neighbor => neighbor.Position != i).Probability!.Value, false));
                }
            }
        }

        Assert.IsGreaterThan(leastGain, gain);

        // The probabilities are what they promise, wherever there are enough of them to tell, and rise with it.
        var rates = new[] { (0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 1.0) }
            .Select(range => probabilities.Where(entry => entry.P >= range.Item1 && entry.P <= range.Item2).ToArray())
            .Where(some => some.Length >= LeastCount)
            .Select(some => (Promised: some.Average(entry => entry.P), Matches: some.Average(entry => entry.IsMatch ? 1.0 : 0))).ToArray();
        Assert.IsNotEmpty(rates);
        for (var i = 0; i < rates.Length; i++)
        {
            Console.WriteLine($"of {rates[i].Promised:F3}: {rates[i].Matches:F3}");
            Assert.AreEqual(rates[i].Promised, rates[i].Matches, 0.1, $"of {rates[i].Promised:P0}");
            Assert.IsTrue(i == 0 || rates[i].Matches > rates[i - 1].Matches, "A larger probability is no likelier.");
        }
    }

    private static IDataView Take(MLContext context, float[][][] rows, int[] chosen)
    {
        var builder = new ArrayDataViewBuilder(context);
        foreach (var (name, i) in new[] { "Image", "Text" }.Select((name, i) => (name, i)))
            builder.AddColumn(name, NumberDataViewType.Single, [.. chosen.Select(row => new VBuffer<float>(rows[i][row].Length, rows[i][row]))]);
        return builder.GetDataView();
    }
}
