namespace Microsoft.ML.ModalityGap;

/// <summary>Makes distributions over classes of scores, in double.</summary>
internal static class ClassDistribution
{
    /// <summary>p of one row of scores.</summary>
    /// <returns>What is wrong with the row; <see langword="null"/> when p is filled.</returns>
    internal static string? Fill(ReadOnlySpan<double> scores, ScoreKind kind, double logitScale, Span<double> distribution)
    {
        foreach (var score in scores)
        {
            // The logarithm of a probability of zero is a number like any other here.
            if (double.IsNaN(score) || double.IsPositiveInfinity(score) || (double.IsNegativeInfinity(score) && kind != ScoreKind.LogProbabilities))
                return $"a score of {score}";
            if (score < 0 && kind is (ScoreKind.Probabilities or ScoreKind.Counts))
                return $"a negative {(kind == ScoreKind.Counts ? "count" : "probability")}, {score}";
        }

        if (kind is ScoreKind.Probabilities or ScoreKind.Counts)
            scores.CopyTo(distribution);
        else
            Exponentiate(scores, kind == ScoreKind.Logits ? logitScale : 1, distribution);

        var sum = 0.0;
        foreach (var value in distribution)
            sum += value;
        if (!(sum > 0) || !double.IsFinite(sum))
            return "only zeros";
        foreach (ref var value in distribution)
            value /= sum;
        return null;
    }

    /// <summary>z, for which softmax(z) is the distribution: what a temperature divides.</summary>
    internal static void FillLogits(ReadOnlySpan<double> scores, ScoreKind kind, Span<float> logits)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            // Far below what any other class can make up for, and still finite.
            var value = kind is ScoreKind.Probabilities or ScoreKind.Counts ? Math.Log(Math.Max(scores[i], 1e-30)) : Math.Max(scores[i], -1e30);
            logits[i] = (float)value;
        }
    }

    /// <summary>−Σ p ln p, in nats.</summary>
    internal static double Entropy(ReadOnlySpan<double> distribution)
    {
        var sum = 0.0;
        foreach (var p in distribution)
            sum -= p > 0 ? p * Math.Log(p) : 0;
        return sum;
    }

    private static void Exponentiate(ReadOnlySpan<double> scores, double scale, Span<double> destination)
    {
        var largest = double.NegativeInfinity;
        foreach (var score in scores)
            largest = Math.Max(largest, score);
        for (var i = 0; i < scores.Length; i++)
            destination[i] = double.IsNegativeInfinity(scores[i]) ? 0 : Math.Exp(scale * (scores[i] - largest));
    }
}
