using Microsoft.ML;
using Microsoft.ML.Data;

namespace Stores;

/// <summary>
/// Whether a store's ranks are ours. Place by place they have to be; a place may differ only where the two rows in question tie: where their inner products with the query, taken in double from the vectors that the store
/// holds, are nearer to each other than the rounding of two sums in float can tell.
/// </summary>
/// <param name="Queries">How many queries were compared.</param>
/// <param name="Same">Places with the same row.</param>
/// <param name="Ties">Places with another row of the same score.</param>
/// <param name="Others">Places with another row of another score.</param>
internal sealed record RankComparison(int Queries, int Same, int Ties, int Others)
{
    /// <summary>The unit roundoff of float.</summary>
    private const double Unit = 1.0 / (1 << 24);

    /// <summary>
    /// Besides the sum: the rounding of each stored value and of each query's, twice; ours rounds the score, its scale and its bias.
    /// </summary>
    private const int FurtherRoundings = 8;

    /// <param name="ours">Per query the positions found, best first.</param>
    /// <param name="theirs">The same of the store.</param>
    /// <param name="gallery">The vectors that the store ranks, by position.</param>
    /// <param name="queries">What it is asked with.</param>
    /// <param name="furtherError">By how much more scores may be off, where the store has made the vectors itself.</param>
    public static RankComparison Compare(int[][] ours, int[][] theirs, float[][] gallery, float[][] queries, double furtherError = 0)
    {
        if (ours.Length != theirs.Length)
            throw new ArgumentException($"{ours.Length} queries were asked here, {theirs.Length} there.", nameof(theirs));
        var (same, ties, others) = (0, 0, 0);
        for (var query = 0; query < ours.Length; query++)
        {
            if (ours[query].Length != theirs[query].Length || theirs[query].Distinct().Count() != theirs[query].Length)
                throw new InvalidDataException($"Query {query}: {ours[query].Length} different rows are expected, the store has found {theirs[query].Length}, {theirs[query].Distinct().Count()} of them different.");
            for (var place = 0; place < ours[query].Length; place++)
            {
                var (mine, other) = (ours[query][place], theirs[query][place]);
                if (mine == other)
                    same++;
                else if (AreTied(gallery[mine], gallery[other], queries[query], furtherError))
                    ties++;
                else
                    others++;
            }
        }

        return new RankComparison(ours.Length, same, ties, others);
    }

    /// <summary>The share of our first rows that an approximate search has found, whatever their order.</summary>
    public static double GetRecall(int[][] ours, int[][] theirs) => ours.Zip(theirs, (mine, other) => mine.Intersect(other).Count() / (double)mine.Length).Average();

    /// <summary>All vectors of a column.</summary>
    public static float[][] ReadVectors(IDataView data, string column) => [.. data.GetColumn<float[]>(column)];

    public override string ToString() => FormattableString.Invariant($"{Queries:N0} queries, {Same + Ties + Others:N0} places: {Same:N0} the same, {Ties:N0} ties in float, {Others:N0} others");

    /// <summary>A sum of n products in float, in whatever order, is off by at most about n·2⁻²⁴·Σ|aᵢbᵢ|.</summary>
    private static bool AreTied(float[] first, float[] second, float[] query, double furtherError)
    {
        var (difference, magnitude) = (0.0, 0.0);
        for (var i = 0; i < query.Length; i++)
        {
            difference += ((double)first[i] - second[i]) * query[i];
            magnitude += Math.Abs((double)first[i] * query[i]) + Math.Abs((double)second[i] * query[i]);
        }

        return Math.Abs(difference) <= (query.Length + FurtherRoundings) * Unit * magnitude + furtherError;
    }
}
