using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>A part of a correction: what is taken away per row, always or only from queries whose nearest row is one of some.</summary>
/// <param name="Bias">Per row of the index, as long as its panels.</param>
/// <param name="Activation">Per row, whether a query whose nearest row it is gets this part; <see langword="null"/> for every query.</param>
/// <param name="Share">
/// The part's share of the similarity's weight, where the score is the logarithm of a product and the part one of its factors: in queries that activate another part but not this one, the similarity itself stands in
/// the factor's place. 0 where the part is a bias and nothing else, which is left out.
/// </param>
internal sealed record RescoringPart(float[] Bias, bool[]? Activation = null, float Share = 0);

/// <summary>
/// What a metric or a correction comes down to, for one index: score(q, g) = weight·scale(g)·s(q, g) − Σ bias_i(g) − shift(q), over the parts that are active for q. So everything
/// is searched by the same loop, and needs no scores of all rows.
/// </summary>
internal sealed class RescoringTerms
{
    /// <summary>What the logarithm of a product is multiplied by to be a score, where parts have a <see cref="RescoringPart.Share"/>.</summary>
    internal float LogWeight { get; init; }

    /// <summary>What similarities are multiplied by.</summary>
    internal float Weight { get; init; } = 1;

    /// <summary>What similarities to each row are multiplied by besides, as long as the index's panels; <see langword="null"/> for nothing.</summary>
    internal float[]? Scales { get; init; }

    internal IReadOnlyList<RescoringPart> Parts { get; init; } = [];

    /// <summary>The number of nearest rows whose mean similarity is taken from a query's scores; 0 for none.</summary>
    internal int QueryNeighbors { get; init; }

    /// <summary>v, where q·v is taken from a query's scores; empty for none.</summary>
    internal float[] QueryVector { get; init; } = [];

    /// <summary>What is taken from all scores.</summary>
    internal float Shift { get; init; }

    /// <summary>Whether scores are divided by the query's squared norm, as it is compared.</summary>
    internal bool OverSquaredNorm { get; init; }

    private bool NeedsPlainRanking => QueryNeighbors > 0 || Parts.Any(part => part.Activation is not null);

    /// <summary>The rankings to be made in one pass, and the parts each is of; the first is by plain similarity where that is needed.</summary>
    internal (IReadOnlyList<ScoreVariant> Variants, IReadOnlyList<int> Choices) CreateVariants(int k)
    {
        var dynamic = GetDynamic();
        List<ScoreVariant> variants = NeedsPlainRanking ? [new ScoreVariant(Math.Max(1, QueryNeighbors))] : [];
        var choices = new List<int>();
        for (var choice = 0; choice < 1 << dynamic.Length; choice++)
        {
            RescoringPart[] active = [.. Parts.Where(part => part.Activation is null), .. dynamic.Where((_, i) => (choice >> i & 1) == 1)];
            var replaced = active.Length == 0 ? [] : dynamic.Where((part, i) => (choice >> i & 1) == 0 && part.Share > 0).ToArray();
            choices.Add(variants.Count);
            variants.Add(new ScoreVariant(k, Weight * (1 - replaced.Sum(part => part.Share)), Sum(active), Scales, LogWeight * replaced.Length));
        }

        return (variants, choices);
    }

    /// <summary>Which of the rankings is a query's.</summary>
    internal int Choose(TopK plain, int query, IReadOnlyList<int> choices)
    {
        var dynamic = GetDynamic();
        var choice = 0;
        for (var i = 0; i < dynamic.Length; i++)
        {
            if (plain.GetCount(query) > 0 && dynamic[i].Activation![plain.GetPositions(query)[0]])
                choice |= 1 << i;
        }

        return choices[choice];
    }

    /// <summary>What is taken from all scores of a query.</summary>
    internal float GetShift(TopK plain, int query, ReadOnlySpan<float> row, SimilarityMetric metric)
    {
        var shift = Shift;
        if (QueryNeighbors > 0 && plain.GetCount(query) > 0)
            shift += TensorPrimitives.Average(plain.GetScores(query));
        if (QueryVector.Length > 0)
            shift += TensorPrimitives.Dot(row, QueryVector) / (metric == SimilarityMetric.Cosine ? (float)Math.Sqrt(RowKernels.SquaredNormExact(row)) : 1);
        return shift;
    }

    private RescoringPart[] GetDynamic() => [.. Parts.Where(part => part.Activation is not null)];

    private float[]? Sum(RescoringPart[] parts)
    {
        if (parts.Length == 0)
            return Weight == 1 && Scales is null ? null : new float[Scales?.Length ?? Parts[0].Bias.Length];

        // Nobody writes into it, and of a million rows a copy costs more than a search of few.
        if (parts.Length == 1)
            return parts[0].Bias;
        var sum = parts[0].Bias.ToArray();
        foreach (var part in parts.Skip(1))
            TensorPrimitives.Add(sum, part.Bias, sum);
        return sum;
    }
}
