using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Monitoring;

[TestClass]
public class CheckDriftTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void CheckDrift_DataOfTheSameKind_IsRarelyDrift()
    {
        // 40 draws of one population: at 0.05 about two exceed; the p-values are spread over all of 0 to 1.
        var population = PairedEmbeddings.Create(rows: 4000, imageDimension: 8, textDimension: 8);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(Part(population, 0, 2000));
        var values = Enumerable.Range(0, 40).SelectMany(i => _context.ModalityGap().CheckDrift(model, Part(population, 2000 + 50 * i, 50), new() { Significance = 0.05 }).Modalities).ToArray();
        Assert.IsLessThanOrEqualTo(12, values.Count(drift => drift.HasDrifted));
        Assert.IsGreaterThan(0.3, values.Average(drift => drift.PValue));
        Assert.IsLessThan(0.7, values.Average(drift => drift.PValue));
    }

    [TestMethod]
    public void CheckDrift_AnotherMean_IsDriftAndWarnsOnce()
    {
        var warnings = new List<string>();
        _context.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
            {
                lock (warnings)
                    warnings.Add(message.Message);
            }
        };
        var pairs = PairedEmbeddings.Create(rows: 200);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(pairs.ToDataView(_context));
        var moved = PairedEmbeddings.From(pairs.Image, [.. pairs.Text.Select(row => row.Select((x, d) => d == 2 ? x + 4 : x).ToArray())]);
        var report = _context.ModalityGap().CheckDrift(model, moved.ToDataView(_context));
        Assert.IsTrue(report.HasDrifted);
        Assert.IsFalse(report.Modalities[0].HasDrifted);
        Assert.IsLessThan(1e-6, report.Modalities[0].Distance);
        var text = report.Modalities[1];
        Assert.IsTrue(text.HasDrifted);
        var (a, b) = (NaiveMatrix.Mean(pairs.UnitText), NaiveMatrix.Mean(moved.UnitText));
        Assert.AreEqual(Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()), text.Distance, 1e-6);
        var explained = text.ExpectedDistance;
        Assert.AreEqual(
            Math.Sqrt((NaiveMatrix.Trace(NaiveMatrix.Covariance(pairs.UnitText, pairs.UnitText)) + NaiveMatrix.Trace(NaiveMatrix.Covariance(moved.UnitText, moved.UnitText))) / 200),
            explained,
            1e-5);
        Assert.ContainsSingle(warnings);
        StringAssert.Contains(warnings[0], "'Text'");
    }

    [TestMethod]
    public void CheckDrift_OneColumnAlone_IsEnough()
    {
        var pairs = PairedEmbeddings.Create(rows: 100);
        var data = pairs.ToDataView(_context);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var alone = _context.Transforms.DropColumns("Image").Fit(data).Transform(data);
        Assert.AreEqual("Text", _context.ModalityGap().CheckDrift(model, alone).Modalities.Single().Modality);
        var none = _context.Transforms.DropColumns("Image", "Text").Fit(data).Transform(data);
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().CheckDrift(model, none));
        var byHand = _context.ModalityGap().CreateTransformer(ModalityColumns.PerColumn("Image"), new ModalityMap("Image", new EmbeddingMap(6)));
        Assert.ThrowsExactly<InvalidOperationException>(() => _context.ModalityGap().CheckDrift(byHand, data));
    }

    [TestMethod]
    public void CheckDrift_RowsThatAreAllAlike_AreDrift()
    {
        var pairs = PairedEmbeddings.Create(rows: 100);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(pairs.ToDataView(_context));
        var alike = PairedEmbeddings.From([.. Enumerable.Repeat(pairs.Image[0], 20)], [.. Enumerable.Repeat(pairs.Text[0], 20)]);
        foreach (var drift in _context.ModalityGap().CheckDrift(model, alike.ToDataView(_context)).Modalities)
        {
            Assert.IsTrue(drift.PValue is >= 0 and < 1e-3, drift.ToString());
            Assert.IsTrue(drift.HasDrifted);
        }
    }

    [TestMethod]
    public void CheckDrift_OneRow_IsTooFew()
    {
        var pairs = PairedEmbeddings.Create(rows: 100);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(pairs.ToDataView(_context));
        var one = PairedEmbeddings.From([pairs.Image[0]], [pairs.Text[0]]).ToDataView(_context);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().CheckDrift(model, one)).Message, "'Image' has one row");
    }

    [TestMethod]
    public void SweepShift_Lambda_EqualsTheEstimatorsResult()
    {
        var data = PairedEmbeddings.Create(rows: 60, noise: 1).ToDataView(_context);
        var sweep = _context.ModalityGap().SweepShift(data, "Image", "Text", [0, 0.5, 1]);
        foreach (var point in sweep.Points)
        {
            var model = _context.Transforms.ShiftModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Lambda = point.Lambda }).Fit(data);
            var metrics = _context.ModalityGap().Evaluate(model.Transform(data), "Image", "Text");
            Assert.AreEqual(metrics.CentroidDistance, point.Gap, 1e-5);
            Assert.AreEqual(metrics.FirstToSecond.RecallAt(1), point.FirstToSecond, 1e-9);
            Assert.AreEqual(metrics.SecondToFirst.RecallAt(1), point.SecondToFirst, 1e-9);
        }

        Assert.IsLessThan(sweep.Points[0].Gap, sweep.Points[2].Gap);
        StringAssert.Contains(sweep.ToString(), "lambda");
        Assert.HasCount(9, _context.ModalityGap().SweepShift(data, "Image", "Text", heldOut: _context.Data.TakeRows(data, 20)).Points);
    }

    private IDataView Part(PairedEmbeddings pairs, int first, int count) =>
        PairedEmbeddings.From(pairs.Image[first..(first + count)], pairs.Text[first..(first + count)]).ToDataView(_context);
}
