using static Microsoft.ML.ModalityGap.Tests.NaiveMatrix;

namespace Microsoft.ML.ModalityGap.Tests.Alignment;

/// <summary>The methods that learn from pairs against their formulas in doubles, or against what they must recover.</summary>
[TestClass]
public class PairedMethodsTests
{
    private static readonly ModalityColumns _columns = ModalityColumns.PerColumn("Image", "Text");

    private readonly MLContext _context = new(seed: 1);
    private readonly PairedEmbeddings _pairs = PairedEmbeddings.Create();

    [TestMethod]
    public void Ridge_HalfTheWayEach_EqualsTheFormula()
    {
        const double Shrinkage = 0.7;
        var model = _context.Transforms.AlignModalities(_columns, new() { Shrinkage = Shrinkage, Whitening = null }).Fit(_pairs.ToDataView(_context));
        static double[][] Expected(double[][] own, double[][] other)
        {
            var w = Ridge(own, other, Shrinkage, towardsIdentity: true);
            return Normalize(Multiply(NaiveMatrix.Center(own), Combine(0.5, w, 0.5, Identity(6))));
        }

        _pairs.AssertMapped(model, Expected(_pairs.UnitImage, _pairs.UnitText), Expected(_pairs.UnitText, _pairs.UnitImage));
    }

    [TestMethod]
    public void AlignOptions_Defaults_AreTheConstantWhereBothGoHalfTheWayOnly()
    {
        var options = AlignModalitiesOptions.Default;
        Assert.AreEqual(0.9, options.Shrinkage);
        Assert.AreEqual(0.95, options.Whitening!.Amount);
        Assert.AreEqual(0.3, (options with { Shrinkage = 0.3 }).Shrinkage);
        Assert.IsNull((options with { Shrinkage = null }).Shrinkage);
        Assert.IsNull((options with { Whitening = null }).Whitening);
        foreach (var other in new AlignModalitiesOptions[] { new() { Towards = "Text" }, new() { Method = AlignmentMethod.Cca }, new() { Method = AlignmentMethod.Procrustes } })
        {
            Assert.IsNull(other.Shrinkage);
            Assert.IsNull(other.Whitening);
        }

        Assert.AreEqual(0.95, WhitenModalitiesOptions.Default.Shrinkage.Amount);
    }

    [TestMethod]
    [DataRow(30, 12)]
    [DataRow(9, 12)]
    public void MapRows_BySharedSpectra_EqualsTheMaps(int fitted, int dimension)
    {
        // With more rows than dimensions and with fewer: the matrices' way is the oracle.
        float[][] rows = [.. new[] { PairedEmbeddings.Create(fitted + 20, dimension, dimension, seed: 3) }.SelectMany(pairs => new[] { pairs.UnitImage, pairs.UnitText }).Select(unit => unit.SelectMany(row => row.Select(x => (float)x)).ToArray())];
        var source = new RowsFitSource(CenterModalitiesOptions.Default, ["Image", "Text"], [.. rows.Select(values => values[..(fitted * dimension)])], [dimension, dimension]);
        float[][] held = [.. rows.Select(values => values[(fitted * dimension)..])];
        EmbeddingMapEstimator[] estimators =
        [
            _context.Transforms.WhitenModalities("Image", "Text"),
            _context.Transforms.WhitenModalities(_columns, new() { Shrinkage = CovarianceShrinkage.Fixed(0.3) }),
            _context.Transforms.AlignModalities("Image", "Text"),
            _context.Transforms.AlignModalities(_columns, new() { Shrinkage = 0.6, Whitening = null }),
        ];
        foreach (var estimator in estimators)
        {
            var mapped = estimator.MapRows(() => new SpectralPairs(source, held))!;
            var maps = estimator.CreateMaps(source);
            for (var side = 0; side < 2; side++)
            {
                var expected = new float[held[side].Length];
                maps[side].ApplyRows(held[side], expected);
                for (var i = 0; i < expected.Length; i++)
                    Assert.AreEqual(expected[i], mapped[side][i], 3e-5, $"{estimator.GetType().Name}, {side}, {i}");
            }
        }
    }

    [TestMethod]
    public void Ridge_WhitenedFirst_EqualsRidgeOnWhitenedRows()
    {
        var model = _context.Transforms.AlignModalities(_columns, new() { Shrinkage = 0.9, Whitening = CovarianceShrinkage.Fixed(0.5) }).Fit(_pairs.ToDataView(_context));
        static double[][] Whiten(double[][] unit)
        {
            var rows = Multiply(NaiveMatrix.Center(unit), InverseSquareRoot(Shrink(Covariance(unit, unit), 0.5)));
            var scale = 1 / Math.Sqrt(Trace(Covariance(rows, rows)));
            return [.. rows.Select(row => row.Select(x => x * scale).ToArray())];
        }

        var (image, text) = (Whiten(_pairs.UnitImage), Whiten(_pairs.UnitText));
        _pairs.AssertMapped(
            model,
            Normalize(Multiply(image, Combine(0.5, Ridge(image, text, 0.9, true), 0.5, Identity(6)))),
            Normalize(Multiply(text, Combine(0.5, Ridge(text, image, 0.9, true), 0.5, Identity(6)))),
            2e-5);
    }

    [TestMethod]
    public void Ridge_TowardsOneModalityThatStays_EqualsTheFormula()
    {
        var pairs = PairedEmbeddings.Create(imageDimension: 5, textDimension: 7);
        var model = _context.Transforms.AlignModalities(_columns, new() { Shrinkage = 0.2, Towards = "Text", KeepTarget = true }).Fit(pairs.ToDataView(_context));
        var (image, text) = (pairs.UnitImage, pairs.UnitText);
        var mean = Mean(text);
        var mapped = Multiply(NaiveMatrix.Center(image), Ridge(image, text, 0.2, towardsIdentity: false));
        pairs.AssertMapped(model, Normalize([.. mapped.Select(row => row.Select((x, d) => x + mean[d]).ToArray())]), text);
    }

    [TestMethod]
    public void Procrustes_RotatedRows_FindsTheRotation()
    {
        // A rotation about zero keeps lengths, so it also turns the centred unit vectors.
        var angle = 0.7;
        var rotation = Identity(6);
        (rotation[1][1], rotation[1][4], rotation[4][1], rotation[4][4]) = (Math.Cos(angle), Math.Sin(angle), -Math.Sin(angle), Math.Cos(angle));
        var pairs = PairedEmbeddings.From(_pairs.Image, Multiply(_pairs.Image, rotation));
        var model = _context.Transforms.AlignModalities(_columns, new() { Method = AlignmentMethod.Procrustes, Towards = "Text" }).Fit(pairs.ToDataView(_context));
        var matrix = ToRows(((ProjectStep)model.Modalities[0].Map.Steps[2]).Matrix, 6);
        Assert.IsLessThan(1e-5, Distance(Transpose(rotation), matrix));
        Assert.HasCount(3, model.Modalities[1].Map.Steps);
    }

    [TestMethod]
    public void Procrustes_DifferentDimensions_KeepsLengthsOfTheSmallerSpace()
    {
        var pairs = PairedEmbeddings.Create(imageDimension: 4, textDimension: 7);
        var model = _context.Transforms.AlignModalities(_columns, new() { Method = AlignmentMethod.Procrustes, Towards = "Text" }).Fit(pairs.ToDataView(_context));
        var matrix = ToRows(((ProjectStep)model.Modalities[0].Map.Steps[2]).Matrix, 4);
        Assert.HasCount(7, matrix);
        Assert.IsLessThan(1e-5, Distance(Identity(4), Multiply(Transpose(matrix), matrix)));
    }

    [TestMethod]
    public void Cca_NoShrinkage_YieldsCanonicalVariates()
    {
        var pairs = PairedEmbeddings.Create(rows: 200, imageDimension: 5, textDimension: 7);
        var model = _context.Transforms.AlignModalities(_columns, new() { Method = AlignmentMethod.Cca, Shrinkage = 0, Components = 4 }).Fit(pairs.ToDataView(_context));
        var a = ToRows(((ProjectStep)model.Modalities[0].Map.Steps[2]).Matrix, 5);
        var b = ToRows(((ProjectStep)model.Modalities[1].Map.Steps[2]).Matrix, 7);
        var (u, v) = (Multiply(pairs.UnitImage, Transpose(a)), Multiply(pairs.UnitText, Transpose(b)));
        var (uu, vv, uv) = (Covariance(u, u), Covariance(v, v), Covariance(u, v));
        var previous = 1.0;
        for (var i = 0; i < 4; i++)
        {
            var correlation = uv[i][i] / Math.Sqrt(uu[i][i] * vv[i][i]);
            Assert.IsTrue(correlation <= previous + 1e-6 && correlation > 0, $"correlation {i}: {correlation} after {previous}");
            previous = correlation;
            for (var j = 0; j < 4; j++)
            {
                if (i == j)
                    continue;
                foreach (var other in new[] { uu, vv, uv })
                    Assert.AreEqual(0, other[i][j] / Math.Sqrt(other[i][i] * other[j][j]), 1e-3);
            }
        }

        // The weights are the roots of the correlations: variances are as the correlations.
        Assert.AreEqual(
            uv[1][1] / Math.Sqrt(uu[1][1] * vv[1][1]) / (uv[0][0] / Math.Sqrt(uu[0][0] * vv[0][0])), uu[1][1] / uu[0][0], 1e-3);
    }

    [TestMethod]
    public void Shrinkage_ChosenByFolds_FollowsTheData()
    {
        double Choose(double noise)
        {
            var pairs = PairedEmbeddings.Create(rows: 60, imageDimension: 12, textDimension: 11, noise: noise);
            var model = _context.Transforms.AlignModalities(_columns, new() { Towards = "Text" }).Fit(pairs.ToDataView(_context));
            var chosen = Transpose(ToRows(((ProjectStep)model.Modalities[0].Map.Steps[2]).Matrix, 12));
            return AlignModalitiesEstimator.Grid.MinBy(shrinkage => Distance(chosen, Ridge(pairs.UnitImage, pairs.UnitText, shrinkage, false)));
        }

        var (clean, noisy) = (Choose(0.01), Choose(5));
        Assert.AreEqual(AlignModalitiesEstimator.Grid[0], clean);
        Assert.IsGreaterThan(0.5, noisy);
    }

    [TestMethod]
    public void Upgrade_FromTextPairsAlone_MapsNewImagesOntoTheOldIndex()
    {
        // Two encoders of one world: the old one of 7 dimensions, the new one of 9; images and texts share the world, apart by a gap.
        var random = new Random(3);
        double[][] Matrix(int rows) => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, 6).Select(_ => random.NextDouble() - 0.5).ToArray())];
        var (toOld, toNew) = (Matrix(7), Matrix(9));
        double[] gap = [0.4, -0.3, 0.2, 0.1, 0, 0.3];
        double[][] World(int count, double[] offset) => [.. Enumerable.Range(0, count).Select(_ => offset.Select(x => x + random.NextDouble() - 0.5).ToArray())];
        var (texts, images) = (World(300, new double[6]), World(100, gap));
        double[][] Encode(double[][] rows, double[][] encoder) => [.. rows.Select(row => Multiply(encoder, row))];

        var pairs = PairedEmbeddings.From(Encode(texts, toNew), Encode(texts, toOld));
        var model = _context.Transforms.AlignModalities(_columns, new() { Towards = "Text", KeepTarget = true, NormalizeInput = false, Shrinkage = 0.001 }).Fit(pairs.ToDataView(_context));
        Assert.AreEqual(7, model.Modalities[0].Map.OutputDimension);
        var other = PairedEmbeddings.From(Encode(images, toNew), Encode(images, toOld));
        var output = model.ForColumns(ModalityColumns.PerColumn("Image"), "Image").Transform(other.ToDataView(_context));
        var mapped = CenterModalitiesTests.ReadRows(output, "Image");
        for (var i = 0; i < mapped.Length; i++)
            Assert.IsGreaterThan(0.99, NaiveMoments.Normalize(other.Text[i]).Zip(mapped[i], (x, y) => x * y).Sum());
    }

    [TestMethod]
    public void Neutralize_ClearsTheDimensionsOfTheGap()
    {
        // A gap of 3 in dimension 2, which pairs do not share; a gap of 1 in dimension 4, which they do.
        var random = new Random(1);
        var (image, text) = (new double[200][], new double[200][]);
        for (var i = 0; i < 200; i++)
        {
            var shared = Enumerable.Range(0, 6).Select(_ => random.NextDouble() - 0.5).ToArray();
            image[i] = [.. shared.Select((x, d) => d switch { 2 => 3 + 0.1 * random.NextDouble(), 4 => x + 1, _ => x })];
            text[i] = [.. shared.Select((x, d) => d switch { 2 => 0.1 * random.NextDouble(), _ => x })];
        }

        var pairs = PairedEmbeddings.From(image, text);
        var model = _context.Transforms.NeutralizeDimensions(_columns, new() { Count = 1 }).Fit(pairs.ToDataView(_context));
        static double[][] Expected(double[][] unit) => Normalize([.. unit.Select(row => row.Select((x, d) => d == 2 ? 0 : x).ToArray())]);
        pairs.AssertMapped(model, Expected(pairs.UnitImage), Expected(pairs.UnitText));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.NeutralizeDimensions(_columns, new() { Count = 6 }).Fit(pairs.ToDataView(_context)));
    }

    [TestMethod]
    public void Anchors_Sampled_AreTheSamePairsInBothModalities()
    {
        var pairs = PairedEmbeddings.Create(imageDimension: 5, textDimension: 7);
        var model = _context.Transforms.ProjectToAnchors(_columns, new() { Count = 20 }).Fit(pairs.ToDataView(_context));
        var image = ToRows(((ProjectStep)model.Modalities[0].Map.Steps[1]).Matrix, 5);
        var text = ToRows(((ProjectStep)model.Modalities[1].Map.Steps[1]).Matrix, 7);
        int[] Find(double[][] anchors, double[][] rows) =>
            [.. anchors.Select(anchor => Enumerable.Range(0, rows.Length).MinBy(i => rows[i].Zip(anchor, (x, y) => Math.Abs(x - y)).Sum()))];
        CollectionAssert.AreEqual(Find(image, pairs.UnitImage), Find(text, pairs.UnitText));
        Assert.HasCount(20, Find(image, pairs.UnitImage).Distinct().ToArray());
        pairs.AssertMapped(
            model, Normalize(Multiply(pairs.UnitImage, Transpose(image))), Normalize(Multiply(pairs.UnitText, Transpose(text))));
    }

    [TestMethod]
    public void Anchors_ByKMeans_AreTheCentresOfWellPartedClusters()
    {
        var random = new Random(2);
        var (image, text) = (new double[90][], new double[90][]);
        for (var i = 0; i < 90; i++)
        {
            image[i] = [.. Enumerable.Range(0, 3).Select(d => (d == i % 3 ? 10 : 0) + random.NextDouble())];
            text[i] = [.. Enumerable.Range(0, 4).Select(d => (d == i % 3 ? 10 : 0) + random.NextDouble())];
        }

        var pairs = PairedEmbeddings.From(image, text);
        var model = _context.Transforms.ProjectToAnchors(_columns, new() { Count = 3, Source = AnchorSource.KMeans }).Fit(pairs.ToDataView(_context));
        foreach (var (unit, step) in new[] { (pairs.UnitImage, model.Modalities[0].Map.Steps[1]), (pairs.UnitText, model.Modalities[1].Map.Steps[1]) })
        {
            var anchors = ToRows(((ProjectStep)step).Matrix, unit[0].Length).OrderByDescending(row => row[0]).ThenByDescending(row => row[1]).ToArray();
            var expected = Normalize([.. Enumerable.Range(0, 3).Select(cluster => Mean([.. unit.Where((_, i) => i % 3 == cluster)]))]);
            Assert.IsLessThan(1e-5, Distance([.. expected.OrderByDescending(row => row[0]).ThenByDescending(row => row[1])], anchors));
        }
    }

    [TestMethod]
    public void Anchors_Given_AreCheckedAndUsed()
    {
        var options = new ProjectToAnchorsOptions
        {
            Anchors = new Dictionary<string, IReadOnlyList<float[]>> { ["Image"] = [[2, 0, 0, 0, 0, 0], [0, 0, 3, 0, 0, 0]], ["Text"] = [[0, 5, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0]] },
        };
        var model = _context.Transforms.ProjectToAnchors(_columns, options).Fit(_pairs.ToDataView(_context));
        _pairs.AssertMapped(
            model, Normalize([.. _pairs.UnitImage.Select(row => new[] { row[0], row[2] })]), Normalize([.. _pairs.UnitText.Select(row => new[] { row[1], row[3] })]));
        foreach (var bad in new IReadOnlyList<float[]>[] { [[1, 2]], [[0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]], [[1, 0, 0, 0, 0, 0]] })
        {
            var anchors = new Dictionary<string, IReadOnlyList<float[]>> { ["Image"] = options.Anchors["Image"], ["Text"] = bad };
            Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.ProjectToAnchors(_columns, new() { Anchors = anchors }).Fit(_pairs.ToDataView(_context)));
        }
    }

    [TestMethod]
    public void PairStatistics_OfShards_MakeTheSameMap()
    {
        using var folder = new TemporaryFolder();
        var data = _pairs.ToDataView(_context);
        var shards = new[] { _context.Data.TakeRows(data, 40), _context.Data.SkipRows(data, 40) };
        for (var i = 0; i < 2; i++)
            _context.ModalityGap().ComputePairStatistics(shards[i], "Image", "Text").Save(folder.File($"{i}"));
        var merged = PairStatistics.Merge(PairStatistics.Load(folder.File("0")), PairStatistics.Load(folder.File("1")));
        var expected = Covariance(_pairs.UnitImage, _pairs.UnitText);
        for (var i = 0; i < 36; i++)
            Assert.AreEqual(expected[i / 6][i % 6], merged.GetCrossCovariance(i / 6, i % 6), 1e-6);
        Assert.AreEqual(120, merged.Count);
        Assert.AreEqual(5, merged.FoldCount);

        var estimator = _context.Transforms.AlignModalities(_columns, new() { Shrinkage = 0.5 });
        var (a, b) = (estimator.Fit(merged), estimator.Fit(data));
        Assert.IsLessThan(1e-5, Distance(ToRows(((ProjectStep)a.Modalities[0].Map.Steps[2]).Matrix, 6), ToRows(((ProjectStep)b.Modalities[0].Map.Steps[2]).Matrix, 6)));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.AlignModalities(_columns, new() { Shrinkage = null }).Fit(PairStatistics.FromRows([1, 2, 3, 4], 2, [1, 2, 3, 4], 2))).Message, "at least 5 folds");
    }

    [TestMethod]
    public void PairStatistics_UnusableRow_LeavesOutThePair()
    {
        float[] image = [1, 0, float.NaN, 1, 0, 2], text = [1, 1, 2, 0, 0, 3];
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => PairStatistics.FromRows(image, 2, text, 2)).Message, "Row 1 cannot be used");
        var statistics = PairStatistics.FromRows(image, 2, text, 2, new() { UnusableRows = UnusableRows.Skip, Normalize = false });
        Assert.AreEqual(2, statistics.Count);
        Assert.AreEqual(1, statistics.SkippedCount);
        CollectionAssert.AreEqual(new[] { 0.5, 1 }, statistics.First.Mean.ToArray());
        CollectionAssert.AreEqual(new[] { 0.5, 2 }, statistics.Second.Mean.ToArray());
        Assert.AreEqual(0.25, statistics.GetCrossCovariance(0, 0));
        Assert.AreEqual(-0.5, statistics.GetCrossCovariance(0, 1));
    }

    [TestMethod]
    public void PairedMethods_WithoutPairs_SayWhatTheyNeed()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.AlignModalities(ModalityColumns.PerRow("Image", "Modality"))).Message, "learns from pairs");
        var data = _pairs.ToDataView(_context);
        var apart = new Dictionary<string, IDataView> { ["Image"] = data, ["Text"] = data };
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => _context.Transforms.AlignModalities("Image", "Text").Fit(apart)).Message, "pairs");
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.AlignModalities(_columns, new() { KeepTarget = true }));
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.AlignModalities(_columns, new() { Components = 2 }));
        var uneven = PairedEmbeddings.Create(textDimension: 5).ToDataView(_context);
        Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.AlignModalities("Image", "Text").Fit(uneven));
    }

    [TestMethod]
    public void Spectrum_OfFewRows_EqualsThatOfTheCovariance()
    {
        float[] rows = [.. PairedEmbeddings.Create(rows: 7, imageDimension: 15, textDimension: 15).Image.SelectMany(row => row.Select(x => (float)x))];
        var statistics = ModalityStatistics.FromRows(rows, 15, new() { Moments = ModalityMoments.Covariance, Normalize = false });
        var thin = SymmetricSpectrum.OfRows(rows, statistics.Mean);
        var full = SymmetricSpectrum.Compute(statistics.GetCovariances(), 15);
        Assert.HasCount(6, thin.Values);
        foreach (var function in new Func<double, double>[] { x => x, x => 1 / (0.1 + x), x => Math.Sqrt(x + 0.01) })
        {
            var (a, b) = (thin.Apply(function), full.Apply(function));
            for (var i = 0; i < a.Length; i++)
                Assert.AreEqual(b[i], a[i], 1e-4 * (1 + Math.Abs(b[i])));
        }
    }

    /// <summary>[(1−γ)C + γvI]⁻¹[(1−γ)C_xy + γvT].</summary>
    private static double[][] Ridge(double[][] x, double[][] y, double shrinkage, bool towardsIdentity)
    {
        var covariance = Covariance(x, x);
        var v = shrinkage * Trace(covariance) / covariance.Length;
        var goal = Combine(1 - shrinkage, Covariance(x, y), 0, Covariance(x, y));
        return Multiply(Invert(Shrink(covariance, shrinkage)), towardsIdentity ? Combine(1, goal, v, Identity(goal.Length)) : goal);
    }
}
