namespace Microsoft.ML.ModalityGap;

/// <summary>The measures of one query's ranking, each from the ascending ranks (from 1) of its relevant documents and their grades; of none, 0.</summary>
internal static class RankingMeasures
{
    /// <summary>1 when any relevant document is among the first k, else 0.</summary>
    internal static double AnyFound(ReadOnlySpan<int> ranks, int k) => ranks.Length > 0 && ranks[0] <= k ? 1 : 0;

    /// <summary>The share of the relevant documents that are among the first k.</summary>
    internal static double Recall(ReadOnlySpan<int> ranks, int k) => ranks.Length == 0 ? 0 : (double)CountFound(ranks, k) / ranks.Length;

    /// <summary>The relevant documents among the first k, divided by k, however many documents there are.</summary>
    internal static double Precision(ReadOnlySpan<int> ranks, int k) => (double)CountFound(ranks, k) / k;

    /// <summary>1/rank of the first relevant document.</summary>
    internal static double ReciprocalRank(ReadOnlySpan<int> ranks) => ranks.Length == 0 ? 0 : 1.0 / ranks[0];

    /// <summary>The mean, over all relevant documents, of the precision at their rank.</summary>
    internal static double AveragePrecision(ReadOnlySpan<int> ranks)
    {
        var sum = 0.0;
        for (var i = 0; i < ranks.Length; i++)
            sum += (i + 1.0) / ranks[i];
        return ranks.Length == 0 ? 0 : sum / ranks.Length;
    }

    /// <summary>Σ gain/log2(rank + 1) over the first k, divided by the same of the best possible order.</summary>
    internal static double Ndcg(ReadOnlySpan<int> ranks, ReadOnlySpan<float> grades, int k, NdcgGain gain)
    {
        if (ranks.Length == 0)
            return 0;
        var sum = 0.0;
        for (var i = 0; i < ranks.Length && ranks[i] <= k; i++)
            sum += Gain(grades[i], gain) / Math.Log2(ranks[i] + 1.0);

        var best = grades.ToArray();
        Array.Sort(best);
        var ideal = 0.0;
        for (var i = 0; i < Math.Min(k, best.Length); i++)
            ideal += Gain(best[^(i + 1)], gain) / Math.Log2(i + 2.0);
        return sum / ideal;
    }

    private static double Gain(float grade, NdcgGain gain) => gain == NdcgGain.Linear ? grade : Math.Pow(2, grade) - 1;

    private static int CountFound(ReadOnlySpan<int> ranks, int k)
    {
        var count = 0;
        while (count < ranks.Length && ranks[count] <= k)
            count++;
        return count;
    }
}
