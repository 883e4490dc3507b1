using Microsoft.ML.ModalityGap.Tests.Conformance;
using static Microsoft.ML.ModalityGap.Tests.StoredGolden;

namespace Microsoft.ML.ModalityGap.Tests.Golden;

/// <summary>Every kind of stored file as 0.1.0 wrote it. A new layout keeps these, and adds its own.</summary>
[TestClass]
public class GoldenTests
{
    private const int Dimension = 5, Count = 40;

    private readonly MLContext _context = new(seed: 1);

    private IDataView Pairs => TestEmbeddings.CreateDataView(_context, CreatePairs(), Dimension);

    [TestMethod]
    public void Map_EveryStep() => Check(
        "map",
        path => new EmbeddingMap(
            Dimension, new L2NormalizeStep(), new TranslateStep(Rows(1, Dimension, 1)), new ScaleStep(Rows(1, Dimension, 2)), new ProjectStep(Rows(4, Dimension, 3), rows: 4), new TruncateStep(3)).Save(path),
        path =>
        {
            var map = EmbeddingMap.Load(path);
            return [map.Fingerprint, map.ToString(), map.Apply(Rows(1, Dimension, 4))];
        });

    [TestMethod]
    public void Statistics_WithCovariance() => Check(
        "statistics",
        path => ModalityStatistics.FromRows(Rows(Count, Dimension, 1), Dimension, new ModalityStatisticsOptions { Moments = ModalityMoments.Covariance }).Save(path),
        path =>
        {
            var statistics = ModalityStatistics.Load(path);
            return [statistics.Count, statistics.SkippedCount, statistics.Normalized, statistics.Mean.ToArray(), statistics.GetCovariances()];
        });

    [TestMethod]
    public void PairStatistics_InFolds() => Check(
        "pair-statistics",
        path => PairStatistics.FromRows(Rows(Count, Dimension, 1), Dimension, Rows(Count, 4, 2), 4, folds: 3).Save(path),
        path =>
        {
            var statistics = PairStatistics.Load(path);
            return [statistics.Count, statistics.FoldCount, statistics.First.Mean.ToArray(), statistics.Second.GetCovariances(), statistics.GetCrossCovariances()];
        });

    [TestMethod]
    [DataRow(IndexStorage.Float32)]
    [DataRow(IndexStorage.Float16)]
    [DataRow(IndexStorage.Int8)]
    public void Index_EveryStorage(IndexStorage storage) => Check(
        $"index-{storage.ToString().ToLowerInvariant()}",
        path =>
        {
            var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Storage = storage }, fingerprint: "0123456789abcdef");
            for (var i = 0; i < Count; i++)
                index.Add(storage == IndexStorage.Int8 ? i : $"é{i}", Rows(1, Dimension, i), i % 2 == 0 ? "image" : "text");
            index.Save(path);
        },
        path => Find(EmbeddingIndex.Load(path), options: null));

    [TestMethod]
    public void Index_WithFirstPass() => Check(
        "index-first-pass",
        path =>
        {
            var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 });
            for (var i = 0; i < Count; i++)
                index.Add(i, Rows(1, Dimension, i), i % 2 == 0 ? "image" : "text");
            index.Save(path);
        },
        path => Find(EmbeddingIndex.Load(path), options: null));

    [TestMethod]
    public void Index_WithCorrection() => Check(
        "index-corrected",
        path => _context.ModalityGap().CreateIndex(_context.Transforms.CorrectSimilarities("Image", "Text").Fit(Pairs), Pairs, "Image", "Id").Save(path),
        path => Find(EmbeddingIndex.Load(path), new SearchOptions { QueryModality = "Text" }));

    [TestMethod]
    public void Rescorers_EveryMethod()
    {
        RescoringMethod[] methods = [new InvertedSoftmax(), new DualInvertedSoftmax(), new CrossDomainLocalScaling { Neighbors = 6 }, new DistributionNormalization()];
        foreach (var method in methods)
        {
            Check(
                $"rescorer-{method.GetType().Name.ToLowerInvariant()}",
                path => new Rescorer(method, Dimension, Rows(20, Dimension, 1), Rows(15, Dimension, 2)).Save(path),
                path =>
                {
                    var index = new EmbeddingIndex(Dimension);
                    for (var i = 0; i < Count; i++)
                        index.Add(i, Rows(1, Dimension, i));
                    return Find(index, new SearchOptions { Rescorer = Rescorer.Load(path) });
                });
        }
    }

    [TestMethod]
    public void Classes() => Check(
        "classes",
        path => new ZeroShotClasses(["cat", "über-dog"], [Rows(1, Dimension, 1), Rows(1, Dimension, 2)]).Save(path),
        path =>
        {
            var classes = ZeroShotClasses.Load(path);
            return [classes.Names.ToArray(), classes.Embeddings.ToArray()];
        });

    [TestMethod]
    [DataRow("model-wide")]
    [DataRow("model-long")]
    [DataRow("model-corrected")]
    [DataRow("model-fused")]
    [DataRow("model-captions")]
    [DataRow("model-recalibrated")]
    [DataRow("model-classified")]
    [DataRow("model-nearest")]
    public void Model_OfEveryTransformer(string name)
    {
        var columns = name switch
        {
            "model-long" => ["Long"],
            "model-fused" => ["Both"],
            "model-captions" => ["CaptionScore"],
            "model-recalibrated" => ["Comparable"],
            "model-classified" => ["Score", "Similarity"],
            "model-nearest" => [RetrieveNearestOptions.Default.ScoresColumnName],
            _ => (string[])["Image", "Text"],
        };
        Check(
            name,
            path => _context.Model.Save(CreateEstimator(name).Fit(Pairs), Pairs.Schema, path),
            path => ColumnValues.Read(new MLContext().Model.Load(path, out _).Transform(Pairs), columns).Take(7).SelectMany(row => row));
    }

    [TestMethod]
    public void TrainingState_OfAFinishedTraining()
    {
        EmbeddingMapTransformer Train(string path, bool isDone) => _context.Transforms.TrainModalityNormalization("Image", "Text", new TrainModalityNormalizationOptions
        {
            Epochs = 2,
            BatchSize = 8,
            StatePath = path,
            EpochCompleted = isDone ? _ => Assert.Fail("It trained on.") : null,
        }).Fit(Pairs);
        Check("training-state", path => Train(path, isDone: false), path => [.. Train(path, isDone: true).Modalities.Select(modality => modality.Map.Apply(Rows(1, Dimension, 9)))]);
    }

    private static IEnumerable<object> Find(EmbeddingIndex index, SearchOptions? options) =>
        [index.Count, index.Fingerprint ?? "", .. index.SearchBatch(Rows(3, Dimension, 50).AsSpan(), 4, options).SelectMany(found => found).SelectMany(neighbor => new object[]
        {
            neighbor.Id.ToString(), neighbor.Score, neighbor.Modality ?? "", neighbor.Position, neighbor.Probability ?? -1,
        })];

    private static IEnumerable<TestEmbeddings.Pair> CreatePairs() => Enumerable.Range(0, Count).Select(i => new TestEmbeddings.Pair
    {
        Id = i,
        Image = Rows(1, Dimension, i),
        Text = Rows(1, Dimension, i + 0.3),
        Modality = i % 3 == 0 ? "image" : "text",
    });

    private IEstimator<ITransformer> CreateEstimator(string name)
    {
        switch (name)
        {
            case "model-wide":
                return _context.Transforms.WhitenModalities(ModalityColumns.PerColumn("Image", "Text"));
            case "model-long":
                return _context.Transforms.CenterModalities(ModalityColumns.PerRow("Image", "Modality", "Long"));
            case "model-corrected":
                return _context.Transforms.CorrectSimilarities("Image", "Text");
            case "model-fused":
                return _context.Transforms.FuseEmbeddings("Both", ["Image", "Text"], new FuseEmbeddingsOptions { Weights = [0.7, -0.2] });
            case "model-captions":
                return _context.Transforms.ScoreCaptions("Image", "Text");
            case "model-recalibrated":
                var scores = _context.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { Kind = CaptionScoreKind.Cosine, ScoreColumnName = "Old" })
                    .Append(_context.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { ScoreColumnName = "New" }));
                return scores.Append(_context.Transforms.RecalibrateScores("Comparable", "New", "Old", new RecalibrateScoresOptions { QuantileCount = 7 }));
            case "model-classified":
                return _context.Transforms.ClassifyZeroShot("Image", new ZeroShotClasses(["cat", "dog"], [Rows(1, Dimension, 1), Rows(1, Dimension, 2)]));
            default:
                var index = new EmbeddingIndex(Dimension);
                for (var i = 0; i < Count; i++)
                    index.Add(i, Rows(1, Dimension, i));
                return _context.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { K = 3 });
        }
    }
}
