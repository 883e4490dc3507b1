namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored maps, with every step.</summary>
internal sealed class MapTarget : StoredTarget
{
    internal override string Name => "map";

    internal override IReadOnlyList<string> Covers => ["EmbeddingMap.Load"];

    internal override double Share => 4;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Seeds.Save(new EmbeddingMap(
            Seeds.Dimension, new L2NormalizeStep(), new TranslateStep(Seeds.Rows(1, 5, 1)), new ScaleStep(Seeds.Rows(1, 5, 2)), new ProjectStep(Seeds.Rows(4, 5, 3), rows: 4), new TruncateStep(3)).Save),
        Seeds.Save(new EmbeddingMap(Seeds.Dimension, new L2NormalizeStep(), new TranslateStep(Seeds.Rows(1, 5, 1)), new L2NormalizeStep()).Save),
        .. Folded(),
    ];

    internal override void Read(FuzzInput input)
    {
        var map = EmbeddingMap.Load(input.OpenStream());
        _ = map.ToString() + map.Fingerprint;
        if (map.InputDimension <= 4096)
            _ = map.Apply(Seeds.Rows(1, map.InputDimension, 4));
    }

    /// <summary>Maps with a correction in them, as for a vector store.</summary>
    private static IEnumerable<byte[]> Folded()
    {
        var fitted = Seeds.Context.Transforms.CorrectSimilarities(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text)).Fit(Seeds.Pairs);
        yield return Seeds.Save(fitted.PrepareGallery([nameof(Seeds.Pair.Text)]).Modalities[0].Map.Save);
        yield return Seeds.Save(fitted.PrepareQueries([nameof(Seeds.Pair.Text)]).Modalities[0].Map.Save);
    }
}
