using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What is taken from the similarities of a gallery row for being near to many queries, a hub: a number per row, from its similarities to a bank of queries.
/// </summary>
/// <remarks>
/// <para>score(q, g) = s(q, g) − bias(g), by the static form of a method, so that it is a function of the row alone and can be stored with it:</para>
/// <list type="bullet">
/// <item><see cref="InvertedSoftmax"/>: bias(g) = (w/β)·log( (1/B)·Σ_b exp(β·s(b, g)) ) over the B queries b of the bank (QB-Norm; Smith et al., arXiv 1702.03859; Bogolin et al., arXiv 2112.12777);</item>
/// <item><see cref="LocalScaling"/>: bias(g) = (w/2)·mean of the K largest s(b, g), which ranks as CSLS (Conneau et al., arXiv 1710.04087): what CSLS takes for the query is the same for all rows;</item>
/// <item><see cref="None"/>: 0.</item>
/// </list>
/// <para>w is <see cref="Strength"/>. A row of the bank that is the gallery row itself (cosine above 0.9999) counts as a similarity of −1: it says nothing about hubs.</para>
/// </remarks>
public sealed record HubnessCorrection
{
    private HubnessCorrection(HubnessCorrectionKind kind, double inverseTemperature = 0, int neighbors = 0)
    {
        Kind = kind;
        InverseTemperature = inverseTemperature;
        Neighbors = neighbors;
    }

    /// <summary>Nothing is taken away.</summary>
    public static HubnessCorrection None { get; } = new(HubnessCorrectionKind.None);

    /// <summary>Which of them it is.</summary>
    public HubnessCorrectionKind Kind { get; }

    /// <summary>β of <see cref="InvertedSoftmax"/>; 0 for the others.</summary>
    public double InverseTemperature { get; }

    /// <summary>K of <see cref="LocalScaling"/>; 0 for the others.</summary>
    public int Neighbors { get; }

    /// <summary>w, the part of the bias that is taken; 1 as in the papers. Less suits galleries of several modalities; see docs/scoring.md.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public double Strength
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive finite number.");
    } = 1;

    /// <summary>The inverted softmax over the bank.</summary>
    /// <param name="inverseTemperature">β; 10 suits embeddings whose gap is closed. Larger looks at the nearest queries of the bank only.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inverseTemperature"/> is not positive and finite.</exception>
    public static HubnessCorrection InvertedSoftmax(double inverseTemperature = 10) => inverseTemperature > 0 && double.IsFinite(inverseTemperature)
        ? new(HubnessCorrectionKind.InvertedSoftmax, inverseTemperature)
        : throw new ArgumentOutOfRangeException(nameof(inverseTemperature), inverseTemperature, "Give a positive finite number.");

    /// <summary>Half the mean similarity to the nearest queries of the bank, as CSLS has it.</summary>
    /// <param name="neighbors">K; fewer count where the bank has fewer rows.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is not positive.</exception>
    public static HubnessCorrection LocalScaling(int neighbors = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbors);
        return new(HubnessCorrectionKind.LocalScaling, neighbors: neighbors);
    }

    /// <summary>Such as <c>InvertedSoftmax(10)</c>, or <c>InvertedSoftmax(10) × 0.5</c>.</summary>
    public override string ToString()
    {
        var name = Kind switch
        {
            HubnessCorrectionKind.InvertedSoftmax => string.Create(CultureInfo.InvariantCulture, $"{Kind}({InverseTemperature})"),
            HubnessCorrectionKind.LocalScaling => string.Create(CultureInfo.InvariantCulture, $"{Kind}({Neighbors})"),
            _ => $"{Kind}",
        };
        return Strength == 1 || Kind == HubnessCorrectionKind.None ? name : string.Create(CultureInfo.InvariantCulture, $"{name} × {Strength}");
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write((byte)Kind);
        writer.Write(InverseTemperature);
        writer.Write(Neighbors);
        writer.Write(Strength);
    }

    /// <exception cref="ArgumentException">What is stored is out of range.</exception>
    internal static HubnessCorrection Read(BlockReader reader)
    {
        var (kind, beta, neighbors, strength) = ((HubnessCorrectionKind)reader.ReadByte(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadDouble());
        var hubness = kind switch
        {
            HubnessCorrectionKind.None => None,
            HubnessCorrectionKind.InvertedSoftmax => InvertedSoftmax(beta),
            HubnessCorrectionKind.LocalScaling => LocalScaling(neighbors),
            _ => throw new InvalidDataException($"The stored correction has hubness of kind {(byte)kind}, which this version does not know. Update Microsoft.ML.ModalityGap."),
        };
        return hubness with { Strength = strength };
    }
}
