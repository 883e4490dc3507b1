namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

[TestClass]
public class LengthTests
{
    private const int Dimension = 16;

    private static readonly MLContext _ml = new(seed: 1);

    /// <summary>Texts that lie nearer to a common direction the longer they are.</summary>
    private static readonly Text[] _texts = [.. Enumerable.Range(0, 200).Select(i =>
    {
        var length = 5 + i * 7 % 100;
        var noise = TestEmbeddings.Create(1, Dimension, i);
        return new Text { Length = length, Embedding = [.. noise.Select((value, d) => value + (d == 0 ? length / 10f : 0))] };
    })];

    private static readonly Text[] _bank = [.. Enumerable.Range(0, 60).Select(i => new Text { Embedding = TestEmbeddings.Create(1, Dimension, 5000 + i) })];

    [TestMethod]
    public void EvaluateLengthCollapse_GroupsAndCorrelation_EqualTheCountOverAllPairs()
    {
        var metrics = _ml.ModalityGap().EvaluateLengthCollapse(Load(_texts), "Embedding", "Length");
        Assert.HasCount(4, metrics.Groups);
        Assert.AreEqual(200, metrics.Groups.Sum(group => group.Count));
        var units = _texts.Select(text => (text.Length, Unit: Unit(text))).ToArray();
        foreach (var group in metrics.Groups)
        {
            var own = units.Where(text => text.Length >= group.MinimumLength && text.Length <= group.MaximumLength).ToArray();
            Assert.HasCount(group.Count, own);
            var cosines = own.SelectMany((a, i) => own.Where((_, j) => j != i).Select(b => Dot(a.Unit, b.Unit)));
            Assert.AreEqual(cosines.Average(), group.MeanCosine!.Value, 1e-5);
        }

        var means = metrics.Groups.Select(group => group.MeanCosine!.Value).ToArray();
        CollectionAssert.AreEqual(means.Order().ToArray(), means, "longer texts are more alike");
        var center = Enumerable.Range(0, Dimension).Select(d => units.Average(text => text.Unit[d])).ToArray();
        Assert.AreEqual(RankCorrelation.Spearman([.. units.Select(text => (double)text.Length)], [.. units.Select(text => Dot(text.Unit, center))]), metrics.Correlation, 1e-3);
        Assert.IsGreaterThan(0.5, metrics.Correlation);
        Assert.Contains("Spearman", metrics.ToString());
    }

    [TestMethod]
    public void FitLengthTemperatures_Scaled_GivesEveryGroupTheMeanAndDeviationOfAll()
    {
        var temperatures = _ml.ModalityGap().FitLengthTemperatures(Load(_texts), "Embedding", "Length", Load(_bank), "Embedding");
        var bank = _bank.Select(Unit).ToArray();
        var raw = _texts.SelectMany(text => bank.Select(row => (text.Length, Cosine: Dot(Unit(text), row)))).ToArray();
        var (mean, deviation) = Moments(raw.Select(entry => entry.Cosine));
        Assert.AreEqual(mean, temperatures.Mean, 1e-6);
        foreach (var group in raw.GroupBy(entry => temperatures.GetGroup(entry.Length)))
        {
            var (own, spread) = Moments(group.Select(entry => entry.Cosine));
            Assert.AreEqual(own, group.Key.Mean, 1e-6);
            Assert.AreEqual(spread / deviation, group.Key.Temperature, 1e-4);
            var (scaledMean, scaledSpread) = Moments(group.Select(entry => temperatures.Scale(entry.Cosine, entry.Length)));
            Assert.AreEqual(mean, scaledMean, 1e-6);
            Assert.AreEqual(deviation, scaledSpread, 1e-4);
        }

        Assert.AreEqual(temperatures.Groups[^1], temperatures.GetGroup(1e9));
        Assert.AreEqual(temperatures.Groups[0], temperatures.GetGroup(0));
    }

    [TestMethod]
    public void BadInput_SaysWhatIsWrong()
    {
        var catalog = _ml.ModalityGap();
        Text[] same = [.. _texts.Select(text => new Text { Length = 3, Embedding = text.Embedding })];
        Assert.Contains("Every text has the length 3", Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateLengthCollapse(Load(same), "Embedding", "Length")).Message);
        Text[] negative = [_texts[0], new Text { Length = -1, Embedding = _texts[1].Embedding }];
        Assert.Contains("row 1, holds -1", Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateLengthCollapse(Load(negative), "Embedding", "Length")).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.EvaluateLengthCollapse(Load(_texts), "Embedding", "Length", groupCount: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => catalog.EvaluateLengthCollapse(Load(_texts), "Embedding", "Embedding"));
        Assert.Contains("1 usable row", Assert.ThrowsExactly<InvalidDataException>(() => catalog.EvaluateLengthCollapse(Load(_texts[..1]), "Embedding", "Length")).Message);
    }

    private static IDataView Load(Text[] texts)
    {
        var definition = Microsoft.ML.Data.SchemaDefinition.Create(typeof(Text));
        definition[nameof(Text.Embedding)].ColumnType = new Microsoft.ML.Data.VectorDataViewType(Microsoft.ML.Data.NumberDataViewType.Single, Dimension);
        return _ml.Data.LoadFromEnumerable(texts, definition);
    }

    private static double[] Unit(Text text) => NaiveMoments.Normalize(Array.ConvertAll(text.Embedding, value => (double)value));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static (double Mean, double Deviation) Moments(IEnumerable<double> values)
    {
        var list = values.ToArray();
        var mean = list.Average();
        return (mean, Math.Sqrt(list.Average(value => (value - mean) * (value - mean))));
    }

    private sealed class Text
    {
        public float Length { get; set; }

        public float[] Embedding { get; set; } = [];
    }
}
