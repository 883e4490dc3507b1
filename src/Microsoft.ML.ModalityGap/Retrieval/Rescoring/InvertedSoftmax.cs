namespace Microsoft.ML.ModalityGap;

/// <summary>
/// QB-Norm: the inverted softmax over a bank of queries. A row that is near to many queries of the bank, a hub, is held to be less near to each.
/// </summary>
/// <remarks>
/// <para>score(q, g) = s(q, g) − (1/β)·log( (1/B)·Σ_b exp(β·s(b, g)) ) over the B queries of the bank. That is (1/β)·log of the paper's
/// exp(β·s(q, g)) / Σ_b exp(β·s(b, g)) and a constant, so it ranks alike, in units of similarity.</para>
/// <para>Dynamic (the paper's DIS, and the default): only queries whose nearest row is in the activation set are corrected, which is the set of rows that are among the nearest
/// <see cref="ActivationNeighbors"/> of any query of the bank; the others keep s(q, g).</para>
/// <para>Source: Bogolin et al., Cross Modal Retrieval with Querybank Normalisation, CVPR 2022 (arXiv 2112.12777); the inverted softmax is Smith et al.'s (arXiv
/// 1702.03859).</para>
/// </remarks>
public sealed record InvertedSoftmax : RescoringMethod
{
    internal const byte Id = 1;

    /// <summary>β, the inverse temperature; 20 as in the paper. Larger looks at the nearest queries of the bank only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public float InverseTemperature
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 20;

    /// <summary>Whether only queries are corrected whose nearest row the bank has found, too.</summary>
    public bool IsDynamic { get; init; } = true;

    /// <summary>How many nearest rows of each query of the bank make the activation set; 1 as in the paper.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int ActivationNeighbors
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 1;

    internal override bool NeedsGalleryBank => false;

    internal override bool RanksRowsAlone => !IsDynamic;

    internal override byte FormatId => Id;

    internal override void WriteParameters(BinaryWriter writer)
    {
        writer.Write(InverseTemperature);
        writer.Write(IsDynamic);
        writer.Write(ActivationNeighbors);
    }

    internal static InvertedSoftmax Read(BlockReader reader) =>
        new() { InverseTemperature = reader.ReadSingle(), IsDynamic = reader.ReadBoolean(), ActivationNeighbors = reader.ReadInt32() };

    internal override RescoringTerms CreateTerms(RescoringBanks banks) => new()
    {
        Parts = [banks.CreateSoftmaxPart(banks.Queries, InverseTemperature, 1 / InverseTemperature, IsDynamic ? ActivationNeighbors : 0)],
    };
}
