using static Microsoft.ML.ModalityGap.Tests.NaiveMatrix;

namespace Microsoft.ML.ModalityGap.Tests.Alignment;

/// <summary>The methods that need no pairs against their formulas in doubles.</summary>
[TestClass]
public class UnpairedMethodsTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly PairedEmbeddings _pairs = PairedEmbeddings.Create();

    [TestMethod]
    public void Center_Strength_TakesAwayThatPartOfTheMean()
    {
        var model = _context.Transforms.CenterModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Strength = 0.5 }).Fit(_pairs.ToDataView(_context));
        static double[][] Expected(double[][] unit) => Normalize([.. unit.Select(row => row.Select((x, d) => x - 0.5 * Mean(unit)[d]).ToArray())]);
        _pairs.AssertMapped(model, Expected(_pairs.UnitImage), Expected(_pairs.UnitText));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CenterModalitiesOptions { Strength = double.NaN });
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.4)]
    public void Standardize_EqualsTheFormula(double shrinkage)
    {
        var model = _context.Transforms.StandardizeModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Shrinkage = shrinkage }).Fit(_pairs.ToDataView(_context));
        double[][] Expected(double[][] unit)
        {
            var centered = NaiveMatrix.Center(unit);
            var variance = Enumerable.Range(0, 6).Select(d => centered.Average(row => row[d] * row[d])).ToArray();
            return Normalize([.. centered.Select(row => row.Select((x, d) => x / Math.Sqrt((1 - shrinkage) * variance[d] + shrinkage * variance.Average())).ToArray())]);
        }

        _pairs.AssertMapped(model, Expected(_pairs.UnitImage), Expected(_pairs.UnitText));
    }

    [TestMethod]
    public void Standardize_ConstantDimension_BecomesZero()
    {
        var rows = _pairs.Image.Select(row => (double[])[.. row[..5], 0]).ToArray();
        var pairs = PairedEmbeddings.From(rows, _pairs.Text);
        var output = _context.Transforms.StandardizeModalities("Image").Fit(pairs.ToDataView(_context)).Transform(pairs.ToDataView(_context));
        foreach (var row in CenterModalitiesTests.ReadRows(output, "Image"))
        {
            Assert.AreEqual(0f, row[5]);
            Assert.AreEqual(1, Math.Sqrt(row.Sum(x => (double)x * x)), 1e-6);
        }
    }

    [TestMethod]
    public void WhitenZca_EqualsTheInverseRootInDoubles()
    {
        const double Shrinkage = 0.3;
        var model = _context.Transforms.WhitenModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Shrinkage = CovarianceShrinkage.Fixed(Shrinkage) }).Fit(_pairs.ToDataView(_context));
        static double[][] Expected(double[][] unit)
        {
            var root = InverseSquareRoot(Shrink(Covariance(unit, unit), Shrinkage));
            return Normalize([.. NaiveMatrix.Center(unit).Select(row => Multiply(root, row))]);
        }

        _pairs.AssertMapped(model, Expected(_pairs.UnitImage), Expected(_pairs.UnitText), 2e-5);
    }

    [TestMethod]
    public void WhitenPca_AllDirections_KeepsTheCosinesOfSharedZca()
    {
        var data = _pairs.ToDataView(_context);
        float[][] Map(WhiteningKind kind) => CenterModalitiesTests.ReadRows(
            _context.Transforms.WhitenModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Kind = kind, SharedCovariance = true }).Fit(data).Transform(data), "Text");
        var (zca, pca) = (Map(WhiteningKind.Zca), Map(WhiteningKind.Pca));
        for (var i = 1; i < zca.Length; i++)
            Assert.AreEqual(Dot(zca[i], zca[0]), Dot(pca[i], pca[0]), 1e-5);
    }

    [TestMethod]
    public void WhitenPca_Keep_YieldsUncorrelatedUnitVariances()
    {
        var model = _context.Transforms.WhitenModalities(
            ModalityColumns.PerColumn("Image"), new() { Kind = WhiteningKind.Pca, Keep = 3, Shrinkage = CovarianceShrinkage.None, NormalizeInput = false }).Fit(_pairs.ToDataView(_context));
        var step = (ProjectStep)model.Modalities[0].Map.Steps[1];
        Assert.AreEqual(3, step.Rows);
        var mapped = _pairs.Image.Select(row => Multiply(ToRows(step.Matrix, 6), row)).ToArray();
        var covariance = Covariance(mapped, mapped);
        Assert.IsLessThan(1e-4, Distance(Identity(3), [.. covariance.Select(row => row.Select(x => x / covariance[0][0]).ToArray())]));
    }

    [TestMethod]
    public void WhitenGroups_WhitensWithinAndMixesNothingBetween()
    {
        var model = _context.Transforms.WhitenModalities(
            ModalityColumns.PerColumn("Image"), new() { Groups = 2, Seed = 9, Shrinkage = CovarianceShrinkage.None, NormalizeInput = false }).Fit(_pairs.ToDataView(_context));
        var matrix = ToRows(((ProjectStep)model.Modalities[0].Map.Steps[1]).Matrix, 6);
        var groups = matrix.Select(row => string.Join(',', row.Select((x, i) => (x, i)).Where(entry => entry.x != 0).Select(entry => entry.i))).ToArray();
        Assert.AreEqual(2, groups.Distinct().Count());
        Assert.IsTrue(groups.All(group => group.Count(c => c == ',') == 2));
        var covariance = Covariance([.. _pairs.Image.Select(row => Multiply(matrix, row))], [.. _pairs.Image.Select(row => Multiply(matrix, row))]);
        for (var i = 0; i < 6; i++)
        {
            for (var j = 0; j < 6; j++)
            {
                if (groups[i] == groups[j])
                    Assert.AreEqual(i == j ? 1 : 0, covariance[i][j] / covariance[0][0], 1e-4);
            }
        }
    }

    [TestMethod]
    public void Whiten_FewerRowsThanDimensions_StaysFinite()
    {
        var pairs = PairedEmbeddings.Create(rows: 8, imageDimension: 20, textDimension: 20);
        var data = pairs.ToDataView(_context);
        foreach (var shrinkage in new[] { CovarianceShrinkage.None, CovarianceShrinkage.LedoitWolf, CovarianceShrinkage.Fixed(1) })
        {
            var output = _context.Transforms.WhitenModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Shrinkage = shrinkage }).Fit(data).Transform(data);
            Assert.IsTrue(CenterModalitiesTests.ReadRows(output, "Text").All(row => row.All(float.IsFinite)));
        }
    }

    [TestMethod]
    public void Shrinkage_LedoitWolfAndOas_EqualTheirDefinitionsOnRows()
    {
        var unit = _pairs.UnitImage;
        var (n, d) = (unit.Length, 6);
        var centered = NaiveMatrix.Center(unit);
        var covariance = Covariance(unit, unit);
        var mean = Trace(covariance) / d;
        var spread = Enumerable.Range(0, d * d).Sum(i => Math.Pow(covariance[i / d][i % d] - (i / d == i % d ? mean : 0), 2));
        var noise = centered.Average(row => Enumerable.Range(0, d * d).Sum(i => Math.Pow(row[i / d] * row[i % d] - covariance[i / d][i % d], 2))) / n;
        var square = covariance.Sum(row => row.Sum(x => x * x));
        var oas = Math.Min(1, ((1 - 2.0 / d) * square + Math.Pow(Trace(covariance), 2)) / ((n + 1 - 2.0 / d) * (square - Math.Pow(Trace(covariance), 2) / d)));

        float[] rows = [.. _pairs.Image.SelectMany(row => row.Select(x => (float)x))];
        var statistics = ModalityStatistics.FromRows(rows, d, new() { Moments = ModalityMoments.Covariance });
        var spectrum = SymmetricSpectrum.Compute(statistics.GetCovariances(), d);
        Assert.AreEqual(noise / spread, CovarianceShrinkage.LedoitWolf.Resolve(statistics, spectrum), 1e-5);
        Assert.AreEqual(oas, CovarianceShrinkage.OracleApproximating.Resolve(statistics, spectrum), 1e-5);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CovarianceShrinkage.Fixed(1.5));
    }

    /// <summary>xfactlab/I0T, src/features.py: x − δ·Δ/‖Δ‖ and y + δ·Δ/‖Δ‖.</summary>
    [TestMethod]
    public void Shift_InAbsoluteUnits_MovesEachModalitySoFar()
    {
        const double Delta = 0.15;
        var model = _context.Transforms.ShiftModalities(ModalityColumns.PerColumn("Image", "Text"), new() { AbsoluteLambda = Delta }).Fit(_pairs.ToDataView(_context));
        var (image, text) = (_pairs.UnitImage, _pairs.UnitText);
        var gap = Mean(image).Zip(Mean(text), (a, b) => a - b).ToArray();
        var length = Math.Sqrt(gap.Sum(value => value * value));
        _pairs.AssertMapped(
            model,
            Normalize([.. image.Select(row => row.Select((x, d) => x - Delta * gap[d] / length).ToArray())]),
            Normalize([.. text.Select(row => row.Select((x, d) => x + Delta * gap[d] / length).ToArray())]));

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ShiftModalitiesOptions { AbsoluteLambda = double.NaN });
    }

    [TestMethod]
    public void Shift_EqualsTheFormula()
    {
        var model = _context.Transforms.ShiftModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Lambda = 0.8, FirstShare = 0.25 }).Fit(_pairs.ToDataView(_context));
        var (image, text) = (_pairs.UnitImage, _pairs.UnitText);
        var gap = Mean(image).Zip(Mean(text), (a, b) => a - b).ToArray();
        _pairs.AssertMapped(
            model,
            Normalize([.. image.Select(row => row.Select((x, d) => x - 0.8 * 0.25 * gap[d]).ToArray())]),
            Normalize([.. text.Select(row => row.Select((x, d) => x + 0.8 * 0.75 * gap[d]).ToArray())]));
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.ShiftModalities(ModalityColumns.PerColumn("Image")));
    }

    [TestMethod]
    public void Realign_Towards_EqualsTheFormula()
    {
        var model = _context.Transforms.RealignModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Towards = "Text" }).Fit(_pairs.ToDataView(_context));
        var (image, text) = (_pairs.UnitImage, _pairs.UnitText);
        var target = Mean(text);
        var ratio = Math.Sqrt(Trace(Covariance(text, text)) / Trace(Covariance(image, image)));
        var first = Normalize([.. NaiveMatrix.Center(image).Select(row => row.Select((x, d) => x * ratio + target[d]).ToArray())]);
        var mean = Mean(first);
        _pairs.AssertMapped(model, Normalize([.. first.Select(row => row.Select((x, d) => x - mean[d] + target[d]).ToArray())]), text);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.RealignModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Towards = "Sound" }).Fit(_pairs.ToDataView(_context))).Message,
            "'Sound'");
    }

    [TestMethod]
    public void Realign_FromStatistics_NeedsTheCentroidStepOff()
    {
        var data = _pairs.ToDataView(_context);
        var columns = ModalityColumns.PerColumn("Image", "Text");
        var statistics = _context.ModalityGap().ComputeStatistics(data, columns);
        Assert.ThrowsExactly<InvalidOperationException>(() => _context.Transforms.RealignModalities(columns).Fit(statistics));
        Assert.HasCount(5, _context.Transforms.RealignModalities(columns, new() { CentroidStep = false }).Fit(statistics).Modalities[1].Map.Steps);
    }

    [TestMethod]
    public void Truncate_NoRows_FitsByTheSchema()
    {
        var data = _context.Data.TakeRows(_pairs.ToDataView(_context), 1);
        var map = _context.Transforms.TruncateEmbeddings(2, "Image").Fit(data).Modalities[0].Map;
        CollectionAssert.AreEqual(new[] { 0.6f, 0.8f }, map.Apply([3, 4, 5, 6, 7, 8]));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.TruncateEmbeddings(7, "Image").Fit(data)).Message, "'Image' has 6");
    }

    [TestMethod]
    public void Whiten_ShardsMerged_EqualsFitOnAll()
    {
        var data = _pairs.ToDataView(_context);
        var columns = ModalityColumns.PerColumn("Image", "Text");
        var estimator = _context.Transforms.WhitenModalities(columns, new() { Shrinkage = CovarianceShrinkage.LedoitWolf });
        var shards = new[] { _context.Data.TakeRows(data, 50), _context.Data.SkipRows(data, 50) }
            .Select(part => _context.ModalityGap().ComputeStatistics(part, columns, new() { Moments = ModalityMoments.Covariance })).ToArray();
        var merged = estimator.Fit(new[] { "Image", "Text" }.ToDictionary(name => name, name => ModalityStatistics.Merge(shards.Select(shard => shard[name]))));
        var all = estimator.Fit(data);
        for (var i = 0; i < 2; i++)
        {
            var (a, b) = ((ProjectStep)merged.Modalities[i].Map.Steps[2], (ProjectStep)all.Modalities[i].Map.Steps[2]);
            Assert.IsLessThan(1e-5, Distance(ToRows(a.Matrix, 6), ToRows(b.Matrix, 6)));
        }
    }

    [TestMethod]
    public void Options_ThatContradict_AreRefused()
    {
        var columns = ModalityColumns.PerColumn("Image", "Text");
        foreach (var options in new WhitenModalitiesOptions[]
        {
            new() { Keep = 3 },
            new() { Kind = WhiteningKind.Pca, Groups = 2 },
            new() { Groups = 2, Shrinkage = CovarianceShrinkage.LedoitWolf },
        })
        {
            Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.WhitenModalities(columns, options));
        }

        Assert.ThrowsExactly<InvalidDataException>(
            () => _context.Transforms.WhitenModalities(columns, new() { Kind = WhiteningKind.Pca, Keep = 7 }).Fit(_pairs.ToDataView(_context)));
        var uneven = PairedEmbeddings.Create(textDimension: 5).ToDataView(_context);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.ShiftModalities("Image", "Text").Fit(uneven)).Message, "'Text' 5");
        Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.RealignModalities("Image", "Text").Fit(uneven));
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
