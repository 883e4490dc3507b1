namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored indexes of every storage and metric, and one with a correction; each is searched.</summary>
internal sealed class IndexTarget : StoredTarget
{
    internal override string Name => "index";

    internal override IReadOnlyList<string> Covers => ["EmbeddingIndex.Load"];

    internal override double Share => 4;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        .. Enum.GetValues<IndexStorage>().SelectMany(storage => Enum.GetValues<SimilarityMetric>().Select(metric => Create(storage, metric))),
        Seeds.Save(Seeds.Context.ModalityGap().CreateIndex(
            Seeds.Context.Transforms.CorrectSimilarities(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)).Fit(Seeds.Pairs), Seeds.Pairs, nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Id)).Save),
    ];

    internal override void Read(FuzzInput input)
    {
        var index = EmbeddingIndex.Load(input.OpenStream());
        _ = index.ToString();
        if (index.Dimension > 4096)
            return;
        var options = index.Options.Correction is { } correction ? new SearchOptions { QueryModality = correction.Modalities[^1] } : null;
        foreach (var neighbor in index.Search(Seeds.Rows(1, index.Dimension, 4), 3, options))
        {
            if (float.IsNaN(neighbor.Score))
                throw new FuzzFaultException("a score is NaN");
        }
    }

    internal static byte[] Create(IndexStorage storage, SimilarityMetric metric)
    {
        var index = new EmbeddingIndex(Seeds.Dimension, new EmbeddingIndexOptions { Storage = storage, Metric = metric }, fingerprint: "0123456789abcdef");
        for (var i = 0; i < Seeds.Count; i++)
            index.Add(storage == IndexStorage.Int8 ? i : $"é{i}", Seeds.Rows(1, Seeds.Dimension, i), i % 2 == 0 ? "image" : "text");
        return Seeds.Save(index.Save);
    }
}
