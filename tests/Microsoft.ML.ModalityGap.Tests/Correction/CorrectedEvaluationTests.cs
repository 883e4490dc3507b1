using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Retrieval;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

/// <summary>Evaluation by corrected scores ranks as the formula, in double, ranks.</summary>
[TestClass]
public class CorrectedEvaluationTests
{
    private const int Dimension = 6;

    private static readonly SimilarityCorrectionOptions _options = new() { Hubness = HubnessCorrection.InvertedSoftmax(8), MaximumBankRows = 1000 };

    private readonly MLContext _context = new(seed: 1);
    private readonly EmbeddingMapTransformer _model;
    private readonly NaiveCorrection _naive;
    private readonly IDataView _held;
    private readonly double[][][] _rows;

    public CorrectedEvaluationTests()
    {
        var fit = PairedEmbeddings.Create(rows: 110, seed: 3, noise: 1).ToDataView(_context);
        _model = _context.Transforms.CorrectSimilarities("Image", "Text", _options).Fit(fit);
        _naive = new NaiveCorrection(_options with { Standardization = null }, Dimension, Read(_model.Transform(fit), "Image"), Read(_model.Transform(fit), "Text"));
        _held = _model.Transform(PairedEmbeddings.Create(rows: 90, seed: 3, noise: 2).ToDataView(_context));
        _rows = [NaiveSearch.Rows(Read(_held, "Image"), Dimension, normalizes: true), NaiveSearch.Rows(Read(_held, "Text"), Dimension, normalizes: true)];
    }

    [TestMethod]
    public void EvaluateRetrieval_EitherWay_RanksByTheFormula()
    {
        var options = new RetrievalEvaluationOptions { Correction = _model.Correction };
        var both = _context.ModalityGap().EvaluateRetrievalBothWays(_held, "Image", _held, "Text", Relevance.ByRow, options);
        foreach (var (side, metrics) in new[] { (0, both.FirstToSecond), (1, both.SecondToFirst) })
        {
            var expected = Enumerable.Range(0, 90).Average(query => 1.0 / Rank(side, _rows[side][query], query, [.. _rows[1 - side].Select(row => (1 - side, row))]));
            Assert.AreEqual(expected, metrics.GetValue(RetrievalMeasure.MeanReciprocalRank), 1e-9);
        }

        var forward = _context.ModalityGap().EvaluateRetrieval(_held, "Image", _held, "Text", Relevance.ByRow, options);
        Assert.AreEqual(both.FirstToSecond.ToString(), forward.ToString());
        var plain = _context.ModalityGap().EvaluateRetrieval(_held, "Image", _held, "Text", Relevance.ByRow);
        Assert.AreNotEqual(plain.GetValue(RetrievalMeasure.MeanReciprocalRank), forward.GetValue(RetrievalMeasure.MeanReciprocalRank));
    }

    [TestMethod]
    public void EvaluateMixedRetrieval_QueriesOfTheirOwn_RanksByTheFormula()
    {
        var metrics = _context.ModalityGap().EvaluateMixedRetrieval(
            _held, "Text", [new MixedGalleryPart("Image", _held, "Image", "Id"), new MixedGalleryPart("Text", _held, "Text", "Id")], Relevance.ById("Id", "Id"), new() { Correction = _model.Correction });
        (int, double[])[] gallery = [.. _rows[0].Select(row => (0, row)), .. _rows[1].Select(row => (1, row))];
        var ranks = Enumerable.Range(0, 90).Select(query => new[] { Rank(1, _rows[1][query], query, gallery), Rank(1, _rows[1][query], 90 + query, gallery) }).ToArray();
        var ideal = 1 + 1 / Math.Log2(3);
        Assert.AreEqual(ranks.Average(pair => pair.Sum(rank => rank <= 10 ? 1 / Math.Log2(rank + 1) : 0) / ideal), metrics.Ndcg, 1e-9);
    }

    [TestMethod]
    public void EvaluateMixedRetrieval_PairsAlone_RanksEachHalfByItsOwnModality()
    {
        var options = new MixedRetrievalEvaluationOptions { Correction = _model.Correction, Seed = 7 };
        var metrics = _context.ModalityGap().EvaluateMixedRetrieval(_held, "Image", "Text", options);

        // A random half of the rows shows its text and is asked for by its image.
        var order = Enumerable.Range(0, 90).ToArray();
        new Random(7).Shuffle(order);
        var shown = new int[90];
        foreach (var row in order[45..])
            shown[row] = 1;
        (int, double[])[] gallery = [.. shown.Select((side, row) => (side, _rows[side][row]))];
        var expected = Enumerable.Range(0, 90).Average(query => 1.0 / Rank(1 - shown[query], _rows[1 - shown[query]][query], query, gallery));
        Assert.AreEqual(expected, metrics.Retrieval.GetValue(RetrievalMeasure.MeanReciprocalRank), 1e-9);
    }

    [TestMethod]
    public void EvaluateTwoSidedRetrieval_Items_RanksByTheFormula()
    {
        // 30 items of one image and three texts each, from the rows: text i belongs to item i % 30.
        string[] items = [.. Enumerable.Range(0, 30).Select(item => $"{item}")];
        var images = _context.Data.TakeRows(_held, 30);
        var relevance = Relevance.ById(items, [.. Enumerable.Range(0, 90).Select(row => $"{row % 30}")]);
        var metrics = _context.ModalityGap().EvaluateTwoSidedRetrieval(images, "Image", _held, "Text", relevance, new() { Correction = _model.Correction, Seed = 2 });

        var draw = TwoSidedDraw.Create([.. Enumerable.Range(0, 30).Select(item => new[] { item, item + 30, item + 60 })], [.. Enumerable.Range(0, 30).Select(item => new[] { item })], 2);
        (int, double[])[] gallery = [.. draw.Shown.Select((row, item) => draw.IsShownAsOther[item] ? (0, _rows[0][row]) : (1, _rows[1][row]))];
        var ranks = Enumerable.Range(0, 30).Select(item => Rank(1, _rows[1][draw.Queries[item]], item, gallery)).ToArray();
        Assert.AreEqual(ranks.Average(rank => 1.0 / rank), metrics.Retrieval.GetValue(RetrievalMeasure.MeanReciprocalRank), 1e-9);
        Assert.AreEqual(ranks.Average(rank => rank <= 10 ? 1 / Math.Log2(rank + 1) : 0), metrics.Ndcg, 1e-9);
    }

    [TestMethod]
    public void Evaluate_NamesOrDimensionsThatAreNotTheCorrections_AreRefused()
    {
        var renamed = _context.Transforms.CopyColumns("Photo", "Image").Fit(_held).Transform(_held);
        var unknown = Assert.ThrowsExactly<ArgumentException>(
            () => _context.ModalityGap().EvaluateRetrieval(_held, "Text", renamed, "Photo", Relevance.ByRow, new() { Correction = _model.Correction }));
        Assert.Contains("'Photo'", unknown.Message);
        Assert.Contains("'Image', 'Text'", unknown.Message);
        var other = PairedEmbeddings.Create(rows: 20, imageDimension: 4, textDimension: 4).ToDataView(_context);
        var dimension = Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().EvaluateMixedRetrieval(other, "Image", "Text", new() { Correction = _model.Correction }));
        Assert.Contains("4 dimensions", dimension.Message);
    }

    private static float[] Read(IDataView data, string column) => [.. data.GetColumn<float[]>(column).SelectMany(row => row)];

    /// <summary>1 + the rows of a gallery that score higher than the target.</summary>
    private int Rank(int side, double[] query, int target, (int Side, double[] Row)[] gallery)
    {
        // m and d are the model's own: CorrectSimilaritiesTests holds them against their formula.
        string[] names = ["Image", "Text"];
        var scores = Array.ConvertAll(gallery, entry =>
        {
            var moments = _model.Correction!.GetMoments(names[side], names[entry.Side]);
            return (_naive.Score(side, query, entry.Side, entry.Row) - moments.Mean) / moments.Deviation;
        });
        return 1 + scores.Count(score => score > scores[target]);
    }
}
