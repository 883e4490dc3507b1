using Microsoft.ML.ModalityGap.Tests.Correction;

namespace Microsoft.ML.ModalityGap.Tests.Golden;

/// <summary>A store as 0.1.0 wrote it: a model with its correction, records of two modalities, their indexes.</summary>
[TestClass]
public class GoldenStoreTests
{
    [TestMethod]
    public void Store_WithAModelAndRecords() => StoredGolden.Check(
        "store",
        path =>
        {
            var store = new EmbeddingVectorStore();
            ModelTests.CreateMixedAsync(store).GetAwaiter().GetResult();
            store.Save(path);
        },
        path => ReadAsync(path).GetAwaiter().GetResult());

    private static async Task<IEnumerable<object>> ReadAsync(string path)
    {
        var pictures = EmbeddingVectorStore.Load(path).GetCollection<long, Picture>("pictures");
        var values = new List<object>();
        foreach (var record in await pictures.GetAsync(picture => picture.Modality == "Text" && picture.Id < 9, 5, new() { IncludeVectors = true }).All())
            values.AddRange([record.Id, record.Caption!, record.Maps!, record.Vector!.Vector.ToArray()]);
        foreach (var found in await pictures.SearchAsync(StoredGolden.Rows(1, Pairs.Dimension, 1), 5, new EmbeddingSearchOptions<Picture> { QueryModality = "Text" }).All())
            values.AddRange([found.Record.Id, found.Score!.Value]);
        return values;
    }
}
