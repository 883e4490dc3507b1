using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Retrieval in one direction over paired rows: every row of one modality is a query, all rows of the other are the gallery, and the row of the same
/// number is the one relevant document.
/// </summary>
/// <remarks>
/// The rank of the relevant row is 1 + the number of rows with a higher cosine + the number of rows with the same cosine that stand before it.
/// </remarks>
[TypeFormatterSource]
public sealed class PairRetrievalMetrics
{
    private readonly int[] _ranks;

    internal PairRetrievalMetrics(string queries, string gallery, int[] ranks)
    {
        Queries = queries;
        Gallery = gallery;
        _ranks = ranks;
    }

    /// <summary>The modality of the queries.</summary>
    public string Queries { get; }

    /// <summary>The modality of the gallery.</summary>
    public string Gallery { get; }

    /// <summary>The direction by name, such as <c>image->text</c>.</summary>
    public string Direction => $"{Queries}->{Gallery}";

    /// <summary>The rank of each query's relevant row, from 1, in the order of the rows.</summary>
    public IReadOnlyList<int> Ranks => _ranks;

    /// <summary>The share of queries, 0 to 1, whose relevant row is among the first <paramref name="k"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public double RecallAt(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return (double)_ranks.Count(rank => rank <= k) / _ranks.Length;
    }

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Direction}: recall@1 {RecallAt(1):F4}, recall@5 {RecallAt(5):F4}, recall@10 {RecallAt(10):F4}");
}
