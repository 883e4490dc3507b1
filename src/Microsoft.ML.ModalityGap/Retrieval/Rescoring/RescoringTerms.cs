using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>A part of a correction: what is taken away per row, always or only from queries whose nearest row is one of some.</summary>
/// <param name="Bias">Per row of the index, as long as its panels.</param>
/// <param name="Activation">Per row, whether a query whose nearest row it is gets this part; <see langword="null"/> for every query.</param>
internal sealed record RescoringPart(float[] Bias, bool[]? Activation = null);

/// <summary>
/// What a correction comes down to, for one index: score(q, g) = weight·scale(g)·s(q, g) − Σ bias_i(g) − shift(q), over the parts that are active for q. So everything
/// is searched by the same loop, and needs no scores of all rows.
/// </summary>
internal sealed class RescoringTerms
{
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

    private bool NeedsPlainRanking => QueryNeighbors > 0 || Parts.Any(part => part.Activation is not null);

    /// <summary>The rankings to be made in one pass, and the parts each is of; the first is by plain similarity where that is needed.</summary>
    internal (IReadOnlyList<ScoreVariant> Variants, IReadOnlyList<int> Choices) CreateVariants(int k)
    {
        var dynamic = GetDynamic();
        List<ScoreVariant> variants = NeedsPlainRanking ? [new ScoreVariant(Math.Max(1, QueryNeighbors))] : [];
        var choices = new List<int>();
        for (var choice = 0; choice < 1 << dynamic.Length; choice++)
        {
            var bias = Sum([.. Parts.Where(part => part.Activation is null), .. dynamic.Where((_, i) => (choice >> i & 1) == 1)]);
            choices.Add(variants.Count);
            variants.Add(new ScoreVariant(k, Weight, bias, Scales));
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
    internal float GetShift(TopK plain, int query, ReadOnlySpan<float> row, bool normalizes)
    {
        var shift = Shift;
        if (QueryNeighbors > 0 && plain.GetCount(query) > 0)
            shift += TensorPrimitives.Average(plain.GetScores(query));
        if (QueryVector.Length > 0)
            shift += TensorPrimitives.Dot(row, QueryVector) / (normalizes ? (float)Math.Sqrt(RowKernels.SquaredNormExact(row)) : 1);
        return shift;
    }

    private RescoringPart[] GetDynamic() => [.. Parts.Where(part => part.Activation is not null)];

    private float[]? Sum(IReadOnlyList<RescoringPart> parts)
    {
        if (parts.Count == 0)
            return Weight == 1 && Scales is null ? null : new float[Scales?.Length ?? Parts[0].Bias.Length];
        var sum = parts[0].Bias.ToArray();
        foreach (var part in parts.Skip(1))
            TensorPrimitives.Add(sum, part.Bias, sum);
        return sum;
    }
}
