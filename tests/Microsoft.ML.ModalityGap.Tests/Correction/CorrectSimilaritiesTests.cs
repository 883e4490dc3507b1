using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using Microsoft.ML.ModalityGap.Tests.Retrieval;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

[TestClass]
public class CorrectSimilaritiesTests
{
    private static readonly string[] _names = ["Image", "Text"];
    private static readonly ModalityColumns _newColumns = ModalityColumns.PerColumn(new InputOutputColumnPair("NewImage", "Image"), new InputOutputColumnPair("NewText", "Text"));
    private static readonly SimilarityCorrectionOptions _options = new()
    {
        Hubness = HubnessCorrection.InvertedSoftmax(6) with { Strength = 0.75 },
        Standardization = new() { Sample = SimilaritySample.AllSimilarities },
        MaximumBankRows = 90,
        LeavePartnersOut = false,
        Seed = 5,
    };

    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void CorrectSimilarities_Pairs_Conforms() => ComponentConformance.Check(
        context => context.Transforms.CorrectSimilarities(context.Transforms.AlignModalities(_newColumns, new() { Shrinkage = 0.5 }), _options), CreateData, _names, ["NewImage", "NewText"]);

    [TestMethod]
    public void CorrectSimilarities_ModalityPerRow_Conforms() => ComponentConformance.Check(
        context => context.Transforms.CorrectSimilarities(ModalityColumns.PerRow("Image", "Modality", "NewImage"), _options), CreateData, ["Image", "Modality"], ["NewImage"]);

    [TestMethod]
    public void Fit_AllRowsInTheBanks_IsMeasuredBehindMapsOfOtherQuarters()
    {
        var data = PairedEmbeddings.Create(rows: 150, imageDimension: 16, textDimension: 16, noise: 0.6).ToDataView(_context);
        var options = _options with { MaximumBankRows = 1000, Standardization = SimilarityStandardization.Default };
        var model = _context.Transforms.CorrectSimilarities("Image", "Text", options).Fit(data);
        var naive = NaiveCrossing.Create(_context, data, _names, options, rows => CreateMaps().Fit(rows));
        for (var a = 0; a < 2; a++)
        {
            Assert.AreEqual(150, model.Correction!.GetBankCount(_names[a]));
            for (var b = 0; b < 2; b++)
            {
                var (mean, deviation) = naive.Moments(a, b);
                Assert.AreEqual(mean, model.Correction!.GetMoments(_names[a], _names[b]).Mean, 1e-5);
                Assert.AreEqual(deviation, model.Correction!.GetMoments(_names[a], _names[b]).Deviation, 1e-5);
            }

            // Three halves hold each query; the curve has no other one beside it that is likelier.
            var (matches, strangers) = naive.Samples(a, 1 - a);
            var calibration = model.Correction!.FindCalibration(_names[a])!;
            Assert.IsTrue(calibration.FromPairs);
            Assert.IsGreaterThan(0, calibration.Slope);
            Assert.AreEqual(matches.Count, calibration.MatchCount);
            Assert.AreEqual(900, matches.Count + strangers.Count);
            var best = NaiveCrossing.LogLikelihood(calibration, matches, strangers);
            foreach (var (slope, intercept) in new[] { (1.01, 0.0), (0.99, 0.0), (1.0, 0.02), (1.0, -0.02) })
                Assert.IsGreaterThan(NaiveCrossing.LogLikelihood(calibration with { Slope = calibration.Slope * slope, Intercept = calibration.Intercept + intercept }, matches, strangers), best);
        }

        // The maps are those that the estimator fits without a correction.
        var alone = CreateMaps().Fit(data);
        Assert.AreEqual(alone.Fingerprint, model.Fingerprint);
        Assert.IsNull(alone.Correction);
        CollectionAssert.AreEqual(_names, model.Correction!.Calibrations.Select(calibration => calibration.QueryModality).ToArray());
        AlignModalitiesEstimator CreateMaps() => _context.Transforms.AlignModalities(ModalityColumns.PerColumn("Image", "Text"), new() { Shrinkage = 0.9, Whitening = CovarianceShrinkage.Fixed(0.95) });
    }

    [TestMethod]
    public void Fit_ManyMoreRowsThanTheBanks_IsTheCorrectionOfTheMappedBanks()
    {
        var data = CreateData(_context);
        var options = _options with { MaximumBankRows = 36, LeavePartnersOut = true };
        var model = _context.Transforms.CorrectSimilarities("Image", "Text", options).Fit(data);
        var banks = _names.Select((_, i) => model.Correction!.Biases[i].Bank).ToArray();
        Assert.HasCount(36 * 6, banks[0]);
        var naive = new NaiveCorrection(options, 6, banks);
        for (var a = 0; a < 2; a++)
        {
            for (var b = 0; b < 2; b++)
                Assert.AreEqual(naive.Moments(a, b).Mean, model.Correction!.GetMoments(_names[a], _names[b]).Mean, 1e-5);
        }
    }

    [TestMethod]
    public void Fit_DataSetsOfTheirOwn_IsThatOfUnpairedBanks()
    {
        var (first, second) = (PairedEmbeddings.Create(rows: 80, seed: 3).ToDataView(_context), PairedEmbeddings.Create(rows: 120, seed: 4).ToDataView(_context));
        var estimator = _context.Transforms.CorrectSimilarities(ModalityColumns.PerColumn("Image", "Text"));
        var model = estimator.Fit(new Dictionary<string, IDataView> { ["Image"] = first, ["Text"] = second });
        Assert.AreEqual(80, model.Correction!.GetBankCount("Image"));
        Assert.AreEqual(120, model.Correction.GetBankCount("Text"));
        Assert.IsTrue(model.Correction.Calibrations.All(calibration => !calibration.FromPairs));
        var aligned = _context.Transforms.CorrectSimilarities("Image", "Text");
        Assert.ThrowsExactly<InvalidOperationException>(() => aligned.Fit(new Dictionary<string, IDataView> { ["Image"] = first, ["Text"] = second }));
    }

    [TestMethod]
    [DataRow(HubnessCorrectionKind.None)]
    [DataRow(HubnessCorrectionKind.InvertedSoftmax)]
    [DataRow(HubnessCorrectionKind.LocalScaling)]
    public void Prepare_SavedAndLoaded_RanksAsTheIndexAndSoDoesOnnx(HubnessCorrectionKind kind)
    {
        var data = CreateData(_context);
        var hubness = kind switch
        {
            HubnessCorrectionKind.InvertedSoftmax => HubnessCorrection.InvertedSoftmax(12),
            HubnessCorrectionKind.LocalScaling => HubnessCorrection.LocalScaling(4),
            _ => HubnessCorrection.None,
        };
        var fitted = _context.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { Hubness = hubness, MaximumBankRows = 40 }).Fit(data);
        var model = (EmbeddingMapTransformer)ComponentConformance.SaveAndLoad(fitted, data.Schema, out _);
        CollectionAssert.AreEqual(fitted.Correction!.Moments.ToArray(), model.Correction!.Moments.ToArray());
        CollectionAssert.AreEqual(fitted.Correction.Calibrations.ToArray(), model.Correction.Calibrations.ToArray());
        Assert.AreEqual(hubness, model.Correction.Hubness);

        var (gallery, queries) = (model.PrepareGallery("Text"), model.PrepareQueries("Text"));
        Assert.AreEqual(gallery.Fingerprint, queries.Fingerprint);
        Assert.AreNotEqual(gallery.Fingerprint, model.Fingerprint);
        Assert.AreNotEqual(gallery.Fingerprint, model.PrepareGallery("Image").Fingerprint);
        var store = gallery.Transform(data).GetColumn<float[]>("Image").ToArray();
        var asked = queries.Transform(data).GetColumn<float[]>("Text").ToArray();
        var index = _context.ModalityGap().CreateIndex(model, data, "Image");
        var found = index.SearchBatch(model.Transform(data), "Text", 150, new SearchOptions { QueryModality = "Text" });
        for (var i = 0; i < asked.Length; i++)
        {
            var scores = store.Select(row => row.Zip(asked[i], (x, y) => (double)x * y).Sum()).ToArray();
            EmbeddingIndexTests.CheckRanking(scores, NaiveSearch.Top(scores, 150), found[i], 1e-4, $"{kind}, query {i}");
        }

        // Both are models as any: saved, loaded, exported to ONNX by both ways.
        foreach (var prepared in new[] { gallery, queries, model.PrepareGallery("Text", "Image") })
        {
            var loaded = (EmbeddingMapTransformer)ComponentConformance.SaveAndLoad(prepared, data.Schema, out _);
            CollectionAssert.AreEqual(prepared.Modalities.Select(entry => entry.Map).ToArray(), loaded.Modalities.Select(entry => entry.Map).ToArray());
            if (kind != HubnessCorrectionKind.LocalScaling || prepared == queries)
                OnnxConformance.Check(_context, prepared, data);
            else
                CheckOwnExport(prepared, data);
        }
    }

    [TestMethod]
    public void CreateIndex_ModalityPerRow_SearchesByTheModelAndIsSaved()
    {
        var data = CreateData(_context);
        var model = _context.Transforms.CorrectSimilarities(ModalityColumns.PerRow("Image", "Modality")).Fit(data);
        var index = _context.ModalityGap().CreateIndex(model, data);
        CollectionAssert.AreEquivalent(new[] { "image", "text" }, index.Modalities.ToArray());
        Assert.AreSame(model.Correction, index.Options.Correction);
        var mapped = model.Transform(data);
        var options = new RetrieveNearestOptions { K = 4, QueryModality = "text", MinimumProbability = 0.2 };
        ComponentConformance.Check(
            context => context.Transforms.RetrieveNearest(index, "Image", options), context => model.Transform(CreateData(context)), ["Image"], [options.IdsColumnName, options.ScoresColumnName, options.ProbabilitiesColumnName]);
        var found = index.SearchBatch(mapped, "Image", 4, new SearchOptions { QueryModality = "text", MinimumProbability = 0.2 });
        var retrieved = _context.Transforms.RetrieveNearest(index, "Image", options).Fit(mapped).Transform(mapped);
        var scores = retrieved.GetColumn<float[]>(options.ScoresColumnName).ToArray();
        var probabilities = retrieved.GetColumn<float[]>(options.ProbabilitiesColumnName).ToArray();
        for (var i = 0; i < found.Count; i++)
        {
            CollectionAssert.AreEqual(found[i].Select(neighbor => neighbor.Score).ToArray(), scores[i][..found[i].Count]);
            CollectionAssert.AreEqual(found[i].Select(neighbor => (float)neighbor.Probability!.Value).ToArray(), probabilities[i][..found[i].Count]);
            Assert.IsTrue(scores[i][found[i].Count..].Concat(probabilities[i][found[i].Count..]).All(float.IsNaN), "What is not found is missing.");
        }

        // Where similarities are not corrected there is none.
        var plain = new RetrieveNearestOptions { UseCorrection = false };
        Assert.IsNull(_context.Transforms.RetrieveNearest(index, "Image", plain).Fit(mapped).Transform(mapped).Schema.GetColumnOrNull(plain.ProbabilitiesColumnName));
        Assert.Contains("names of their own", Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.RetrieveNearest(index, "Image", options with { ProbabilitiesColumnName = options.IdsColumnName })).Message);

        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.RetrieveNearest(index, "Image"));
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().CreateIndex(model, data, modality: "image"));
        var wide = _context.Transforms.CorrectSimilarities("Image", "Text").Fit(data);
        Assert.Contains("'Image', 'Text'", Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().CreateIndex(wide, data)).Message);
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().CreateIndex(wide, data, "Audio"));
    }

    [TestMethod]
    public void Prepare_WrongModalities_AreRefused()
    {
        var data = CreateData(_context);
        var model = _context.Transforms.CorrectSimilarities("Image", "Text").Fit(data);
        Assert.Contains("'Audio'", Assert.ThrowsExactly<ArgumentException>(() => model.PrepareGallery("Audio")).Message);
        Assert.ThrowsExactly<ArgumentException>(() => model.PrepareGallery());
        Assert.ThrowsExactly<ArgumentException>(() => model.PrepareQueries("Text", "Text"));
        Assert.Contains("CorrectSimilarities", Assert.ThrowsExactly<InvalidOperationException>(() => _context.Transforms.CenterModalities("Image", "Text").Fit(data).PrepareQueries("Text")).Message);
    }

    [TestMethod]
    public void Load_Damaged_IsRefused()
    {
        using var stream = new MemoryStream();
        var model = _context.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { MaximumBankRows = 12 }).Fit(CreateData(_context));
        EmbeddingMapTransformerFormat.Write(stream, model.PrepareGallery("Text"));
        EmbeddingMapTransformerFormat.Write(stream, model);
        stream.Position = 0;
        Assert.IsNull(EmbeddingMapTransformerFormat.Read(stream).Correction);
        Assert.IsNotNull(EmbeddingMapTransformerFormat.Read(stream).Correction);
        using var alone = new MemoryStream();
        EmbeddingMapTransformerFormat.Write(alone, model);
        foreach (var (what, damaged) in Damage.Cut(alone.ToArray(), step: 97))
            Assert.IsTrue(Damage.IsRefused(damaged, copy => EmbeddingMapTransformerFormat.Read(copy), what), what);
    }

    [TestMethod]
    public void Fit_RowsThatCannotBeUsed_AreRefusedOrSkipped()
    {
        var rows = PairedEmbeddings.Create(rows: 60);
        rows.Text[7][2] = double.NaN;
        var data = rows.ToDataView(_context);
        Assert.Contains("row 7", Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.CorrectSimilarities("Image", "Text").Fit(data)).Message);
        var model = _context.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { UnusableRows = UnusableRows.Skip }).Fit(data);
        Assert.AreEqual(59, model.Correction!.GetBankCount("Text"));
    }

    private static void CheckOwnExport(EmbeddingMapTransformer prepared, IDataView data)
    {
        using var folder = new TemporaryFolder();
        foreach (var opset in new[] { 9, 17, 21 })
        {
            var path = folder.File($"gallery{opset}.onnx");
            new MLContext().ModalityGap().SaveAsOnnx(prepared, "Image", path, new OnnxExportOptions { OpsetVersion = opset });
            var rows = data.GetColumn<float[]>("Image").SelectMany(row => row).ToArray();
            var map = prepared.GetModality("Image").Map;
            var expected = new float[rows.Length / map.InputDimension * map.OutputDimension];
            map.ApplyRows(rows, expected);
            OnnxRun.AssertClose(expected, OnnxRun.Run(path, "mapped", ("embedding", rows, map.InputDimension)), map.OutputDimension, $"opset {opset}");
        }
    }

    // Eighths: their products and sums are exact, so how rows are dealt to threads shows in no bit.
    private static IDataView CreateData(MLContext context) => PairedEmbeddings.Create(rows: 150, quantum: 0.125).ToDataView(context);
}
