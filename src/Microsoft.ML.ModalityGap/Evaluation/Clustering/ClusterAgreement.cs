using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How well clusters agree with groups known otherwise, such as class labels or modalities. None of the measures depends on the names of either.</summary>
/// <remarks>
/// With the number n_ij of rows of group i in cluster j, their sums a_i and b_j, and N rows: entropies H(groups) = −Σ a/N ln(a/N) and H(clusters) likewise, mutual
/// information I = Σ n/N ln(N n/(a b)). Definitions and borderline cases are scikit-learn's.
/// </remarks>
public sealed class ClusterAgreement
{
    private readonly double _groupEntropy;
    private readonly double _clusterEntropy;
    private readonly double _mutualInformation;

    /// <param name="groups">The group of each row.</param>
    /// <param name="clusters">Its cluster.</param>
    internal ClusterAgreement(IReadOnlyList<string> groups, IReadOnlyList<int> clusters)
    {
        Count = groups.Count;
        var cells = groups.Zip(clusters).CountBy(cell => cell).ToDictionary();
        var groupSizes = groups.CountBy(group => group).ToDictionary(StringComparer.Ordinal);
        var clusterSizes = clusters.CountBy(cluster => cluster).ToDictionary();
        GroupCount = groupSizes.Count;
        AdjustedRandIndex = MeasureAdjustedRandIndex(cells.Values, groupSizes.Values, clusterSizes.Values, Count);

        double n = Count;
        _groupEntropy = Entropy(groupSizes.Values, n);
        _clusterEntropy = Entropy(clusterSizes.Values, n);
        _mutualInformation = Math.Max(0, cells.Sum(cell => cell.Value / n * Math.Log(n * cell.Value / ((double)groupSizes[cell.Key.First] * clusterSizes[cell.Key.Second]))));
    }

    /// <summary>The number of rows compared.</summary>
    public int Count { get; }

    /// <summary>The number of groups.</summary>
    public int GroupCount { get; }

    /// <summary>ARI: pairs of rows treated alike by both, adjusted so that chance gives 0; 1 for the same partition, not below −0.5 (Hubert and Arabie, 1985).</summary>
    public double AdjustedRandIndex { get; }

    /// <summary>I/H(groups), from 0 to 1: each cluster holds one group only. 1 when there is one group.</summary>
    public double Homogeneity => _groupEntropy > 0 ? _mutualInformation / _groupEntropy : 1;

    /// <summary>I/H(clusters), from 0 to 1: each group lies in one cluster. 1 when there is one cluster.</summary>
    public double Completeness => _clusterEntropy > 0 ? _mutualInformation / _clusterEntropy : 1;

    /// <summary>The harmonic mean of <see cref="Homogeneity"/> and <see cref="Completeness"/> (Rosenberg and Hirschberg, 2007); 0 when both are.</summary>
    public double VMeasure => Homogeneity + Completeness > 0 ? 2 * Homogeneity * Completeness / (Homogeneity + Completeness) : 0;

    /// <summary>NMI: mutual information divided by a mean of the entropies, from 0 to 1. 1 when there is one group and one cluster.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The normalisation is unknown.</exception>
    public double GetNormalizedMutualInformation(MutualInformationNormalization normalization = MutualInformationNormalization.Arithmetic)
    {
        var divisor = normalization switch
        {
            MutualInformationNormalization.Arithmetic => (_groupEntropy + _clusterEntropy) / 2,
            MutualInformationNormalization.Geometric => Math.Sqrt(_groupEntropy * _clusterEntropy),
            MutualInformationNormalization.Min => Math.Min(_groupEntropy, _clusterEntropy),
            MutualInformationNormalization.Max => Math.Max(_groupEntropy, _clusterEntropy),
            _ => throw new ArgumentOutOfRangeException(nameof(normalization), normalization, "Unknown normalisation."),
        };
        if (_groupEntropy == 0 && _clusterEntropy == 0)
            return 1;
        return divisor > 0 ? Math.Min(1, _mutualInformation / divisor) : 0;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"ARI {AdjustedRandIndex:F4}, NMI (arithmetic) {GetNormalizedMutualInformation():F4}, homogeneity {Homogeneity:F4}, completeness {Completeness:F4}, V-measure {VMeasure:F4}");

    private static double Entropy(IEnumerable<int> sizes, double n) => -sizes.Where(size => size < n).Sum(size => size / n * Math.Log(size / n));

    /// <summary>By the counts of pairs of rows, ordered, that both, one or neither put together.</summary>
    private static double MeasureAdjustedRandIndex(IEnumerable<int> cells, IEnumerable<int> groups, IEnumerable<int> clusters, double n)
    {
        static double SumSquares(IEnumerable<int> sizes) => sizes.Sum(size => (double)size * size);
        var (cellSquares, groupSquares, clusterSquares) = (SumSquares(cells), SumSquares(groups), SumSquares(clusters));
        var both = cellSquares - n;
        var groupOnly = groupSquares - cellSquares;
        var clusterOnly = clusterSquares - cellSquares;
        var neither = n * n - groupOnly - clusterOnly - cellSquares;
        if (groupOnly == 0 && clusterOnly == 0)
            return 1;
        return 2 * (both * neither - groupOnly * clusterOnly) / ((both + groupOnly) * (groupOnly + neither) + (both + clusterOnly) * (clusterOnly + neither));
    }
}
