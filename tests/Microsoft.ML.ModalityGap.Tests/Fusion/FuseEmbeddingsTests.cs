using Microsoft.ML.ModalityGap.Tests.Conformance;
using static Microsoft.ML.ModalityGap.Tests.Alignment.CenterModalitiesTests;

namespace Microsoft.ML.ModalityGap.Tests.Fusion;

[TestClass]
public class FuseEmbeddingsTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void FuseEmbeddings_Weighted_Conforms(bool variable) => ComponentConformance.Check(
        context => context.Transforms.FuseEmbeddings("Fused", ["Image", "Text"], new() { Weights = [0.3, 0.7] }),
        context => TestEmbeddings.CreateDataView(context, variable: variable),
        ["Image", "Text"],
        ["Fused"]);

    [TestMethod]
    public void FuseEmbeddings_Weighted_EqualsTheFormula()
    {
        var pairs = PairedEmbeddings.Create();
        var data = pairs.ToDataView(_context);
        var output = _context.Transforms.FuseEmbeddings("Fused", ["Image", "Text"], new() { Weights = [1, 3] }).Fit(data).Transform(data);
        var expected = NaiveMatrix.Normalize(NaiveMatrix.Combine(1, pairs.UnitImage, 3, pairs.UnitText));
        AssertRows(expected, ReadRows(output, "Fused"));
    }

    [TestMethod]
    public void FuseEmbeddings_NegativeWeight_LeadsAway()
    {
        var pairs = PairedEmbeddings.Create();
        var data = pairs.ToDataView(_context);
        var output = _context.Transforms.FuseEmbeddings("Fused", ["Image", "Text"], new() { Weights = [1, -0.5] }).Fit(data).Transform(data);
        var expected = NaiveMatrix.Normalize(NaiveMatrix.Combine(1, pairs.UnitImage, -0.5, pairs.UnitText));
        AssertRows(expected, ReadRows(output, "Fused"));
    }

    [TestMethod]
    public void FuseEmbeddings_MissingImage_IsTheText()
    {
        var pairs = PairedEmbeddings.From([[0, 0], [3, 4]], [[0, 2], [0, 0]]);
        var data = pairs.ToDataView(_context);
        var rows = ReadRows(_context.Transforms.FuseEmbeddings("Fused", "Image", "Text").Fit(data).Transform(data), "Fused");
        CollectionAssert.AreEqual(new[] { 0f, 1f }, rows[0]);
        CollectionAssert.AreEqual(new[] { 0.6f, 0.8f }, rows[1]);
    }

    [TestMethod]
    public void FuseEmbeddings_ThenCenter_GivesFusedDocumentsTheirOwnMean()
    {
        var pairs = PairedEmbeddings.Create();
        var data = pairs.ToDataView(_context);
        var model = _context.Transforms.FuseEmbeddings("Fused", "Image", "Text").Append(_context.Transforms.CenterModalities("Image", "Text", "Fused")).Fit(data);
        var output = model.Transform(data);
        var fused = NaiveMatrix.Normalize(NaiveMatrix.Combine(1, pairs.UnitImage, 1, pairs.UnitText));
        AssertRows(NaiveMatrix.Normalize(NaiveMatrix.Center(fused)), ReadRows(output, "Fused"));
        Assert.AreEqual(output.Schema["Image"].FindMapFingerprint(), output.Schema["Fused"].FindMapFingerprint());

        // Fused behind the maps, it stays in their space.
        var behind = _context.Transforms.FuseEmbeddings("Late", "Image", "Text").Fit(output).Transform(output);
        Assert.AreEqual(output.Schema["Image"].FindMapFingerprint(), behind.Schema["Late"].FindMapFingerprint());
    }

    [TestMethod]
    public void FuseEmbeddings_BadArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.FuseEmbeddings("Fused"));
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.FuseEmbeddings("Fused", "Image", "Image"));
        Assert.ThrowsExactly<ArgumentException>(() => _context.Transforms.FuseEmbeddings("Fused", ["Image", "Text"], new() { Weights = [1] }));
        Assert.ThrowsExactly<ArgumentException>(() => new FuseEmbeddingsOptions { Weights = [0, 0] });
        var data = PairedEmbeddings.Create(textDimension: 5).ToDataView(_context);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.FuseEmbeddings("Fused", "Image", "Text").Fit(data));
    }
}
