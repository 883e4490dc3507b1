namespace Microsoft.ML.ModalityGap;

/// <summary>CSLS, cross-domain similarity local scaling: a similarity counts by how far it exceeds what both sides are used to.</summary>
/// <remarks>
/// <para>score(q, g) = 2·s(q, g) − r(q) − r(g), where r(q) is the mean similarity of q to its K nearest rows of the index (of those searched), and r(g) that of g to its K
/// nearest queries of the bank. K is less where there are fewer.</para>
/// <para>Source: Conneau et al., Word Translation Without Parallel Data, ICLR 2018 (arXiv 1710.04087).</para>
/// </remarks>
public sealed record CrossDomainLocalScaling : RescoringMethod
{
    internal const byte Id = 3;

    /// <summary>K; 10 as in the paper.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Neighbors
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 10;

    internal override bool NeedsGalleryBank => false;

    internal override bool RanksRowsAlone => false;

    internal override byte FormatId => Id;

    internal override void WriteParameters(BinaryWriter writer) => writer.Write(Neighbors);

    internal static CrossDomainLocalScaling Read(BlockReader reader) => new() { Neighbors = reader.ReadInt32() };

    internal override RescoringTerms CreateTerms(RescoringBanks banks)
    {
        var neighbors = Math.Min(Neighbors, banks.CountRows(banks.Queries));
        return new RescoringTerms
        {
            Weight = 2,
            Parts = [new RescoringPart(banks.Reduce(banks.Queries, () => new TopMeanReducer(neighbors)))],
            QueryNeighbors = Neighbors,
        };
    }
}
