namespace Microsoft.ML.ModalityGap;

/// <summary>Correlations of two lists of numbers, ties included, as scipy.stats defines them. NaN where one list is constant.</summary>
internal static class RankCorrelation
{
    /// <summary>What Kendall's coefficients are made of.</summary>
    /// <param name="Count">n.</param>
    /// <param name="Concordant">P, the pairs ordered the same way in both lists.</param>
    /// <param name="Discordant">Q, those ordered the opposite way.</param>
    /// <param name="TiedX">Pairs equal in x.</param>
    /// <param name="TiedY">Pairs equal in y.</param>
    /// <param name="Distinct">m, the smaller of the numbers of distinct values.</param>
    internal readonly record struct PairCounts(int Count, long Concordant, long Discordant, long TiedX, long TiedY, int Distinct)
    {
        /// <summary>τ_b = (P − Q)/√((n₀ − tied x)(n₀ − tied y)), n₀ = n(n − 1)/2.</summary>
        internal double TauB
        {
            get
            {
                var all = (double)Count * (Count - 1) / 2;
                return (Concordant - Discordant) / (Math.Sqrt(all - TiedX) * Math.Sqrt(all - TiedY));
            }
        }

        /// <summary>τ_c = 2(P − Q)/(n²(m − 1)/m).</summary>
        internal double TauC => 2.0 * (Concordant - Discordant) / ((double)Count * Count * (Distinct - 1) / Distinct);
    }

    /// <summary>Counts pairs in O(n log n): sorts by x, then counts the exchanges that sorting by y takes (Knight, 1966).</summary>
    internal static PairCounts CountPairs(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var pairs = new (double X, double Y)[x.Length];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = (x[i], y[i]);
        Array.Sort(pairs, (a, b) => a.X.CompareTo(b.X) is var order and not 0 ? order : a.Y.CompareTo(b.Y));

        var (tiedX, distinctX) = CountTies(pairs, (a, b) => a.X == b.X);
        var (tiedBoth, _) = CountTies(pairs, (a, b) => a == b);
        var sorted = Array.ConvertAll(pairs, pair => pair.Y);
        var discordant = SortCountingExchanges(sorted);
        var (tiedY, distinctY) = CountTies(sorted, (a, b) => a == b);

        var all = (long)x.Length * (x.Length - 1) / 2;
        var concordant = all - tiedX - tiedY + tiedBoth - discordant;
        return new PairCounts(x.Length, concordant, discordant, tiedX, tiedY, Math.Min(distinctX, distinctY));
    }

    internal static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            meanX += x[i] / x.Length;
            meanY += y[i] / y.Length;
        }

        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }

        // A constant list has no spread but for the rounding of its mean.
        return IsConstant(x) || IsConstant(y) ? double.NaN : Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    /// <summary>Pearson's coefficient of the ranks, equal values sharing the mean of theirs.</summary>
    internal static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Rank(x), Rank(y));

    /// <summary>Ranks from 1; equal values share the mean of theirs.</summary>
    internal static double[] Rank(ReadOnlySpan<double> values)
    {
        var keys = values.ToArray();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(keys, order);
        var ranks = new double[keys.Length];
        for (var first = 0; first < keys.Length;)
        {
            var last = first;
            while (last + 1 < keys.Length && keys[last + 1] == keys[first])
                last++;
            for (var i = first; i <= last; i++)
                ranks[order[i]] = (first + last) / 2.0 + 1;
            first = last + 1;
        }

        return ranks;
    }

    private static bool IsConstant(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (value != values[0])
                return false;
        }

        return true;
    }

    /// <summary>Of sorted values the pairs that are equal, and how many different ones there are.</summary>
    private static (long Pairs, int Distinct) CountTies<T>(T[] sorted, Func<T, T, bool> areEqual)
    {
        long pairs = 0;
        var (distinct, run) = (0, 0L);
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && areEqual(sorted[i - 1], sorted[i]))
            {
                run++;
            }
            else
            {
                run = 0;
                distinct++;
            }

            pairs += run;
        }

        return (pairs, distinct);
    }

    /// <summary>Merge sort; counts the pairs that stood the wrong way round.</summary>
    private static long SortCountingExchanges(double[] values)
    {
        long exchanges = 0;
        var (from, to) = (values, new double[values.Length]);
        for (var width = 1; width < values.Length; width *= 2)
        {
            for (var start = 0; start < values.Length; start += 2 * width)
            {
                var (left, right) = (start, Math.Min(start + width, values.Length));
                var (middle, end) = (right, Math.Min(start + 2 * width, values.Length));
                for (var i = start; i < end; i++)
                {
                    if (left < middle && (right >= end || from[left] <= from[right]))
                    {
                        to[i] = from[left++];
                    }
                    else
                    {
                        to[i] = from[right++];
                        exchanges += middle - left;
                    }
                }
            }

            (from, to) = (to, from);
        }

        if (from != values)
            from.CopyTo(values, 0);
        return exchanges;
    }
}
