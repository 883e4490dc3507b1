namespace Microsoft.ML.ModalityGap;

/// <summary>
/// DualIS and DualDIS of Balance Act: inverted softmaxes over a bank of queries and over a bank of gallery rows, multiplied. A hub is near to rows of its own
/// kind as well as to queries.
/// </summary>
/// <remarks>
/// <para>The paper's score is [exp(β₁·s(q, g)) / Σ_b exp(β₁·s(b, g))]·[exp(β₂·s(q, g)) / Σ_h exp(β₂·s(h, g))] over the queries b and the gallery rows h of the
/// banks. Here: score(q, g) = s(q, g) − ( L₁(g) + L₂(g) ) / (β₁ + β₂) with L₁(g) = log( mean_b exp(β₁·s(b, g)) ), L₂ likewise: its logarithm over β₁ + β₂ and a
/// constant, so it ranks alike, in units of similarity.</para>
/// <para>Dynamic (DualDIS): the first factor counts only for queries whose nearest row is among the nearest <see cref="ActivationNeighbors"/> of a query of the bank, the second only for those whose
/// nearest row is among those of a gallery row of the bank. As in the paper the similarity itself takes the place of a factor that does not count: where only the first does,
/// score(q, g) = ( β₁·s(q, g) − L₁(g) + log s(q, g) ) / (β₁ + β₂), and likewise the second; rows of similarity 0 or less, which have no logarithm, come behind. Where neither counts the score is
/// s(q, g), which ranks like the paper's s² where similarities are positive, and does not take a row that is far off for near where they are not.</para>
/// <para>Source: Wang, Jian, Xue, Balance Act: Mitigating Hubness in Cross-Modal Retrieval with Query and Gallery Banks, EMNLP 2023 (arXiv 2310.11612).</para>
/// </remarks>
public sealed record DualInvertedSoftmax : RescoringMethod
{
    internal const byte Id = 2;

    /// <summary>β₁, the inverse temperature over the bank of queries; 20, as <see cref="InvertedSoftmax"/> has it (the paper's code: 1/1.99).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public float QueryInverseTemperature
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 20;

    /// <summary>
    /// β₂, the inverse temperature over the bank of gallery rows; 1 (the paper's code: 3). Where the modality gap is open, rows are far nearer to rows of their own kind than
    /// to queries, and a β₂ that is not small against β₁ drowns the query: see docs/retrieval.md.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public float GalleryInverseTemperature
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 1;

    /// <summary>Whether only queries are corrected whose nearest row the banks have found, too (DualDIS).</summary>
    public bool IsDynamic { get; init; }

    /// <summary>How many nearest rows of each row of a bank make its activation set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int ActivationNeighbors
    {
        get;
        init => field = CheckPositive(value, nameof(value));
    } = 1;

    internal override bool NeedsGalleryBank => true;

    internal override bool RanksRowsAlone => !IsDynamic;

    internal override byte FormatId => Id;

    internal override void WriteParameters(BinaryWriter writer)
    {
        writer.Write(QueryInverseTemperature);
        writer.Write(GalleryInverseTemperature);
        writer.Write(IsDynamic);
        writer.Write(ActivationNeighbors);
    }

    internal static DualInvertedSoftmax Read(BlockReader reader) => new()
    {
        QueryInverseTemperature = reader.ReadSingle(),
        GalleryInverseTemperature = reader.ReadSingle(),
        IsDynamic = reader.ReadBoolean(),
        ActivationNeighbors = reader.ReadInt32(),
    };

    internal override RescoringTerms CreateTerms(RescoringBanks banks)
    {
        var scale = 1 / (QueryInverseTemperature + GalleryInverseTemperature);
        return new RescoringTerms { LogWeight = scale, Parts = [CreatePart(banks.Queries, QueryInverseTemperature), CreatePart(banks.Gallery, GalleryInverseTemperature)] };

        RescoringPart CreatePart(float[] bank, float inverseTemperature) =>
            banks.CreateSoftmaxPart(bank, inverseTemperature, scale, IsDynamic ? ActivationNeighbors : 0) with { Share = inverseTemperature * scale };
    }
}
