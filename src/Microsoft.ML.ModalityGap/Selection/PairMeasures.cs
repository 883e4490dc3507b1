namespace Microsoft.ML.ModalityGap;

/// <summary>What is measured of mapped pairs, pair by pair, so that samples of pairs can be drawn from it.</summary>
internal sealed class PairMeasures(int count)
{
    private const int Cutoff = 10;

    private readonly List<double> _gaps = [];
    private readonly double[] _seen = new double[count];

    /// <summary>Sums over the times a pair was seen, per pair: whether the partner came first, forward and backward; reciprocal ranks of both ways; NDCG of both in a mixed gallery.</summary>
    private readonly double[][] _sums = [.. Enumerable.Range(0, 4).Select(_ => new double[count])];

    internal double Gap => _gaps.Average();

    internal double GapError => _gaps.Count < 2 ? 0 : Math.Sqrt(_gaps.Sum(gap => Math.Pow(gap - Gap, 2)) / (_gaps.Count - 1) / _gaps.Count);

    internal double[] FirstHits => Average(0);

    internal double[] SecondHits => Average(1);

    internal double[] ReciprocalRanks => Average(2);

    internal double[] MixedNdcg => Average(3);

    /// <summary>Adds the pairs of one part.</summary>
    /// <param name="pairs">Their numbers.</param>
    /// <param name="first">Their mapped rows.</param>
    /// <param name="second">Those of the other modality.</param>
    /// <param name="dimension">Of the mapped rows.</param>
    internal void Add(int[] pairs, float[] first, float[] second, int dimension)
    {
        var n = pairs.Length;
        var means = new[] { first, second }.Select(rows => ModalityStatistics.FromRows(rows, dimension, new ModalityStatisticsOptions { Normalize = false })).ToArray();
        _gaps.Add(GapMeasures.Distance(means[0].Mean, means[1].Mean));

        var (forward, backward) = RelevanceRanks.ComputeBothWays(first, second, dimension, RelevanceLists.ByRow(n));
        float[] all = [.. first, .. second];
        int[] partners = [.. Enumerable.Range(n, n), .. Enumerable.Range(0, n)];
        var mixed = RelevanceRanks.Compute(all, all, dimension, RelevanceLists.FromOne(partners, 2 * n));
        for (var i = 0; i < n; i++)
        {
            var pair = pairs[i];
            var (one, two) = (forward.GetRanks(i)[0], backward.GetRanks(i)[0]);
            _seen[pair]++;
            _sums[0][pair] += one == 1 ? 1 : 0;
            _sums[1][pair] += two == 1 ? 1 : 0;
            _sums[2][pair] += (1.0 / one + 1.0 / two) / 2;
            _sums[3][pair] += (Ndcg(i) + Ndcg(n + i)) / 2;
        }

        double Ndcg(int query)
        {
            // The query itself stands in the gallery; it is no answer.
            ReadOnlySpan<float> row = all.AsSpan(query * dimension, dimension);
            var (self, score) = (ScoreTiles.Score(row, row), ScoreTiles.Score(row, all.AsSpan(partners[query] * dimension, dimension)));
            var isBefore = self > score || (self == score && query < partners[query]);
            var rank = mixed.GetRanks(query)[0] - (isBefore ? 1 : 0);
            return rank <= Cutoff ? 1 / Math.Log2(rank + 1.0) : 0;
        }
    }

    private double[] Average(int measure) => [.. _sums[measure].Zip(_seen, (sum, seen) => seen > 0 ? sum / seen : 0)];
}
