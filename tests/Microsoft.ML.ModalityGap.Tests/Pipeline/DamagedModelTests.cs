namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

[TestClass]
public class DamagedModelTests
{
    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Load_ModelCutAtEvery64thByte_Throws()
    {
        var content = SaveModel(out _);
        foreach (var (what, damaged) in Damage.Cut(content))
            Assert.IsTrue(Damage.IsRefused(damaged, stream => new MLContext().Model.Load(stream, out _), what), what);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public void Load_ModelWithChangedBytes_ThrowsOrIsTheSameModel()
    {
        // A model is a zip archive; some of its bytes, such as times, mean nothing. Whatever loads must be what was saved.
        var content = SaveModel(out var maps);
        var refused = 0;
        foreach (var (what, damaged) in Damage.Flip(content, step: 5))
        {
            if (Damage.IsRefused(damaged, stream => AssertSame(maps, stream, what), what))
                refused++;
        }

        Assert.IsGreaterThan(content.Length / 5, refused, "Most changed bytes must be noticed.");
    }

    private static byte[] SaveModel(out string[] maps)
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context, rows: 20, dimension: 5);
        var model = context.Transforms.CenterModalities("Image", "Text").Append(context.Transforms.CopyColumns("Copy", "Image")).Fit(data);
        maps = [.. ((EmbeddingMapTransformer)model.First()).Modalities.Select(Describe)];
        using var stream = new MemoryStream();
        context.Model.Save(model, data.Schema, stream);
        return stream.ToArray();
    }

    private static void AssertSame(string[] maps, Stream stream, string what)
    {
        var model = new MLContext().Model.Load(stream, out _);
        if (model is not Microsoft.ML.Data.TransformerChain<ITransformer> chain || chain.First() is not EmbeddingMapTransformer transformer)
            throw new InvalidDataException("Something else was loaded.");

        CollectionAssert.AreEqual(maps, transformer.Modalities.Select(Describe).ToArray(), what);
    }

    private static string Describe(ModalityMap entry) => $"{entry.Modality} {entry.Map.Fingerprint} {entry.Statistics}";
}
