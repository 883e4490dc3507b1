using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Distribution Normalization (DN): both sides are moved against a part of their means before the product is taken, which stands for the negatives that training by
/// InfoNCE compared with.
/// </summary>
/// <remarks>
/// <para>score(x, y) = (x̂ − λ·μ_x)·(ŷ − λ·μ_y) with λ = ¼, the value in the authors' released code (their derivation gives ½; both can be set); μ_x is the mean of the bank of queries, μ_y that of the bank of gallery rows or, without one, of the
/// index's own rows (of those searched). Under <see cref="SimilarityMetric.Dot"/> x, y and the means are taken as they are.</para>
/// <para>Neither vector is normalised again. To close the gap by moving both sides by all of their means see <see cref="CenterModalitiesEstimator"/>.</para>
/// <para>Source: Zhou et al., Test-Time Distribution Normalization for Contrastively Learned Vision-language Models, NeurIPS 2023 (arXiv 2302.11084).</para>
/// </remarks>
public sealed record DistributionNormalization : RescoringMethod
{
    internal const byte Id = 4;

    /// <summary>λ, how much of the means is taken away; ¼, as in the code with which the paper's figures were made (fengyuli-dev/distribution-normalization), where the paper's formula has ½.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public float Amount
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 0.25f;

    internal override bool NeedsGalleryBank => false;

    internal override bool RanksRowsAlone => false;

    internal override byte FormatId => Id;

    /// <summary>The score of one pair, for captions and zero-shot classes as well as for retrieval.</summary>
    /// <param name="x">One embedding; used as it is, so normalise it where cosines are meant.</param>
    /// <param name="meanX">The mean of its modality.</param>
    /// <param name="y">The other, of the same dimension.</param>
    /// <param name="meanY">The mean of its modality.</param>
    /// <returns>(x − λ·μ_x)·(y − λ·μ_y).</returns>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    public double Score(ReadOnlySpan<float> x, ReadOnlySpan<double> meanX, ReadOnlySpan<float> y, ReadOnlySpan<double> meanY)
    {
        if (meanX.Length != x.Length || y.Length != x.Length || meanY.Length != x.Length)
            throw new ArgumentException($"Both embeddings and their means need the same dimension, but have {x.Length}, {meanX.Length}, {y.Length} and {meanY.Length}.", nameof(y));
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += (x[i] - Amount * meanX[i]) * (y[i] - Amount * meanY[i]);
        return sum;
    }

    internal override void WriteParameters(BinaryWriter writer) => writer.Write(Amount);

    internal static DistributionNormalization Read(BlockReader reader) => new() { Amount = reader.ReadSingle() };

    /// <summary>x̂·ŷ − λ·μ_x·ŷ − λ·x̂·μ_y + λ²·μ_x·μ_y: a bias per row, a shift per query.</summary>
    internal override RescoringTerms CreateTerms(RescoringBanks banks)
    {
        var queryMean = banks.GetMean(banks.Queries);
        var galleryMean = banks.CountRows(banks.Gallery) > 0 ? banks.GetMean(banks.Gallery) : banks.GetIndexMean();
        var bias = banks.ScoreRows(queryMean);
        TensorPrimitives.Multiply(bias, Amount, bias);
        return new RescoringTerms
        {
            Parts = [new RescoringPart(bias)],
            QueryVector = [.. galleryMean.Select(value => (float)(Amount * value))],
            Shift = (float)(-Amount * Amount * TensorPrimitives.Dot<double>(queryMean, galleryMean)),
        };
    }
}
