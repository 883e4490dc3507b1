namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

[TestClass]
public class DamagedModelTests
{
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public void Load_ModelCutAtEvery64thByte_Throws()
    {
        var content = SaveModel(out _);
        foreach (var (what, damaged) in Damage.Cut(content))
            Assert.IsTrue(Damage.IsRefused(damaged, stream => new MLContext().Model.Load(stream, out _), what), what);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public void Load_ModelWithChangedBytes_ThrowsOrIsTheSameModel()
    {
        // A model is a zip archive; some of its bytes, such as times, mean nothing. Whatever loads must be what was saved.
        var content = SaveModel(out var maps);
        var refused = 0;
        var (start, end) = FindEntry(content, "Schema");
        foreach (var (what, damaged) in Damage.Flip(content, step: 5))
        {
            // The schema is a file of ML.NET's own, whose loader (6.0.0) runs for ever over some changed bytes.
            var index = content.AsSpan().CommonPrefixLength(damaged);
            if (index >= start && index < end)
                continue;
            if (Damage.IsRefused(damaged, stream => AssertSame(maps, stream, what), what))
                refused++;
        }

        Assert.IsGreaterThan(content.Length / 5, refused, "Most changed bytes must be noticed.");
    }

    /// <summary>Where an entry of a zip archive lies, its header included.</summary>
    private static (int Start, int End) FindEntry(byte[] archive, string name)
    {
        const int HeaderLength = 30;
        var nameStart = archive.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name));
        Assert.IsTrue(archive.AsSpan(nameStart - HeaderLength).StartsWith("PK\x03\x04"u8), $"The first '{name}' is no entry.");
        return (nameStart - HeaderLength, nameStart + archive.AsSpan(nameStart).IndexOf("PK"u8));
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
