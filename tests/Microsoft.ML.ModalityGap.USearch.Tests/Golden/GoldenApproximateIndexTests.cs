namespace Microsoft.ML.ModalityGap.Tests.Golden;

/// <summary>An approximate index as 0.1.0 wrote it: rows of two modalities, some removed, their graphs.</summary>
[TestClass]
public class GoldenApproximateIndexTests
{
    private const int Dimension = 8;

    [TestMethod]
    public void ApproximateIndex_WithGraphsOfTwoModalities() => StoredGolden.Check(
        "approximate-index",
        path =>
        {
            var index = new EmbeddingIndex(Dimension);
            for (var i = 0; i < 60; i++)
                index.Add($"row {i}", StoredGolden.Rows(1, Dimension, i), i % 3 == 0 ? "Text" : "Image");
            using var approximate = ApproximateIndex.Create(index, new() { Connectivity = 4, MaxDegreeOfParallelism = 1 });
            approximate.Remove("row 3", "row 4");
            approximate.Save(path);
        },
        path =>
        {
            using var approximate = ApproximateIndex.Load(path);
            return [approximate.ToString(), .. approximate.SearchBatch(StoredGolden.Rows(5, Dimension, 0.5), 4).SelectMany(neighbors => neighbors).SelectMany(neighbor => new object[] { neighbor.Id, neighbor.Modality!, neighbor.Score })];
        });
}
