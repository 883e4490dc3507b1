namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored approximate indexes, whose graphs a native library reads; each is searched and changed.</summary>
internal sealed class ApproximateIndexTarget : StoredTarget
{
    internal override string Name => "approximate-index";

    internal override IReadOnlyList<string> Covers => ["ApproximateIndex.Load"];

    internal override double Share => 2;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [.. Enum.GetValues<IndexStorage>().Select(Create)];

    internal override void Read(FuzzInput input)
    {
        using var approximate = ApproximateIndex.Load(input.OpenStream());
        _ = approximate.ToString();
        if (approximate.Index.Dimension > 4096)
            return;
        foreach (var neighbor in approximate.Search(Seeds.Rows(1, approximate.Index.Dimension, 4), 3))
        {
            if (float.IsNaN(neighbor.Score))
                throw new FuzzFaultException("a score is NaN");
            approximate.Remove(neighbor.Id);
        }
    }

    private static byte[] Create(IndexStorage storage)
    {
        var index = EmbeddingIndex.Load(new MemoryStream(IndexTarget.Create(IndexStorage.Float32, SimilarityMetric.Dot)));
        using var approximate = ApproximateIndex.Create(index, new() { Storage = storage, Connectivity = 3, MaxDegreeOfParallelism = 1 });
        return Seeds.Save(approximate.Save);
    }
}
