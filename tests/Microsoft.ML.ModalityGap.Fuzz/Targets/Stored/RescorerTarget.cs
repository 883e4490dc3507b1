namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored rescorers of every method; each is searched with.</summary>
internal sealed class RescorerTarget : StoredTarget
{
    internal override string Name => "rescorer";

    internal override IReadOnlyList<string> Covers => ["Rescorer.Load"];

    internal override double Share => 2;

    private static readonly EmbeddingIndex _index = EmbeddingIndex.Load(new MemoryStream(IndexTarget.Create(IndexStorage.Float32, SimilarityMetric.Cosine)));

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        .. new RescoringMethod[] { new InvertedSoftmax(), new DualInvertedSoftmax(), new CrossDomainLocalScaling { Neighbors = 6 }, new DistributionNormalization() }
            .Select(method => Seeds.Save(new Rescorer(method, Seeds.Dimension, Seeds.Rows(20, Seeds.Dimension, 1), Seeds.Rows(15, Seeds.Dimension, 2)).Save)),
    ];

    internal override void Read(FuzzInput input)
    {
        var rescorer = Rescorer.Load(input.OpenStream());
        if (rescorer.Dimension != Seeds.Dimension)
            return;
        foreach (var neighbor in _index.Search(Seeds.Rows(1, Seeds.Dimension, 4), 3, new SearchOptions { Rescorer = rescorer }))
        {
            if (float.IsNaN(neighbor.Score))
                throw new FuzzFaultException("a score is NaN");
        }
    }
}
