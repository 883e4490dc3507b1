using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>A search of one shard.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record ShardSearch
{
    [Id(0)]
    public CatalogShard Shard { get; init; } = new();

    /// <summary>The queries' values as bytes, which are written as they are: values one by one would take a mark each.</summary>
    [Id(1)]
    public byte[] Rows { get; init; } = [];

    [Id(2)]
    public int K { get; init; }

    /// <summary>How long the caller will wait; what cannot be begun until then is not begun.</summary>
    [Id(3)]
    public TimeSpan Patience { get; init; }

    [Id(4)]
    public string[]? Modalities { get; init; }

    [Id(5)]
    public string? QueryModality { get; init; }

    [Id(6)]
    public bool UseCorrection { get; init; }

    [Id(7)]
    public double? MinimumScore { get; init; }

    [Id(8)]
    public double? MinimumProbability { get; init; }

    [Id(9)]
    public string? Fingerprint { get; init; }

    /// <summary>Which search it is: asked again while it is computed, it is not computed again.</summary>
    [Id(10)]
    public Guid Id { get; init; }

    /// <summary>The file of a rescorer.</summary>
    [Id(11)]
    public string? Rescorer { get; init; }

    internal ReadOnlySpan<float> Queries => MemoryMarshal.Cast<byte, float>(Rows);

    internal SearchOptions ToOptions(EmbeddingIndex index, Rescorer? rescorer, int threads) => new()
    {
        Rescorer = rescorer,
        Modalities = Modalities is null ? null : [.. Modalities.Intersect(index.Modalities)],
        QueryModality = QueryModality,
        UseCorrection = UseCorrection,
        MinimumScore = MinimumScore,
        MinimumProbability = MinimumProbability,
        Fingerprint = Fingerprint,
        MaxDegreeOfParallelism = threads,
    };
}

/// <summary>How a shard's grain answers.</summary>
internal enum ShardOutcome
{
    Found,
    Loading,
    Overloaded,
    Late,
    Refused,
    Failed,
}

/// <summary>What a shard found.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record ShardAnswer
{
    [Id(0)]
    public ShardOutcome Outcome { get; init; }

    [Id(1)]
    public string? Error { get; init; }

    /// <summary>Per query the number of its hits.</summary>
    [Id(2)]
    public int[] Counts { get; init; } = [];

    [Id(3)]
    public int[] Positions { get; init; } = [];

    [Id(4)]
    public float[] Scores { get; init; } = [];

    [Id(5)]
    public long[]? Numbers { get; init; }

    [Id(6)]
    public string[]? Texts { get; init; }

    /// <summary>The names that <see cref="Modalities"/> are numbers of.</summary>
    [Id(7)]
    public string[] Names { get; init; } = [];

    /// <summary>−1 for none.</summary>
    [Id(8)]
    public int[] Modalities { get; init; } = [];

    [Id(9)]
    public double[]? Probabilities { get; init; }

    /// <summary>What the rescorer's file was; of all shards the same, or the scores do not go together.</summary>
    [Id(10)]
    public string? Rescorer { get; init; }

    /// <summary>About how many bytes it is.</summary>
    internal long Bytes => 12L * Scores.Length + 4 * Counts.Length + 8 * ((Numbers?.Length ?? 0) + (Probabilities?.Length ?? 0)) + (Texts?.Sum(text => 2L + text.Length) ?? 0);

    internal static ShardAnswer Of(IReadOnlyList<IReadOnlyList<Neighbor>> found)
    {
        Neighbor[] all = [.. found.SelectMany(neighbors => neighbors)];
        string[] names = [.. all.Select(neighbor => neighbor.Modality).OfType<string>().Distinct()];
        var isNumeric = all.Length > 0 && all[0].Id.IsNumber;
        return new ShardAnswer
        {
            Outcome = ShardOutcome.Found,
            Counts = [.. found.Select(neighbors => neighbors.Count)],
            Positions = Array.ConvertAll(all, neighbor => neighbor.Position),
            Scores = Array.ConvertAll(all, neighbor => neighbor.Score),
            Numbers = isNumeric ? Array.ConvertAll(all, neighbor => neighbor.Id.Number) : null,
            Texts = isNumeric ? null : Array.ConvertAll(all, neighbor => neighbor.Id.ToString()),
            Names = names,
            Modalities = Array.ConvertAll(all, neighbor => neighbor.Modality is null ? -1 : Array.IndexOf(names, neighbor.Modality)),
            Probabilities = all.Any(neighbor => neighbor.Probability is not null) ? Array.ConvertAll(all, neighbor => neighbor.Probability!.Value) : null,
        };
    }

    /// <summary>Per query its hits, as rows of all shards.</summary>
    internal ShardHit[][] ToHits(long firstRow)
    {
        var (hits, at) = (new ShardHit[Counts.Length][], 0);
        for (var query = 0; query < hits.Length; query++)
        {
            hits[query] = new ShardHit[Counts[query]];
            for (var i = 0; i < hits[query].Length; i++, at++)
            {
                var id = Numbers is null ? new EmbeddingId(Texts![at]) : new EmbeddingId(Numbers[at]);
                hits[query][i] = new ShardHit(firstRow + Positions[at], id, Scores[at], Modalities[at] < 0 ? null : Names[Modalities[at]], Probabilities?[at]);
            }
        }

        return hits;
    }
}
