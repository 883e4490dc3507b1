namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How similarities are corrected before rows are ranked, from a bank of queries and, for some, a bank of gallery rows. A <see cref="Rescorer"/> joins one with its
/// banks. There are <see cref="InvertedSoftmax"/>, <see cref="DualInvertedSoftmax"/>, <see cref="CrossDomainLocalScaling"/> and <see cref="DistributionNormalization"/>.
/// </summary>
public abstract record RescoringMethod
{
    private protected RescoringMethod()
    {
    }

    /// <summary>Whether it must have a bank of gallery rows beside that of queries.</summary>
    internal abstract bool NeedsGalleryBank { get; }

    /// <summary>Whether a row is scored the same whatever other rows are searched, so that the rows of a gallery can be searched apart and what is found merged.</summary>
    internal abstract bool RanksRowsAlone { get; }

    /// <summary>What it is called in a file; registered in <see cref="RescorerFormat"/>.</summary>
    internal abstract byte FormatId { get; }

    internal abstract void WriteParameters(BinaryWriter writer);

    /// <summary>The correction for one index.</summary>
    internal abstract RescoringTerms CreateTerms(RescoringBanks banks);

    private protected static float CheckPositive(float value, string parameterName) =>
        value > 0 && float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(parameterName, value, "Give a positive finite number.");

    private protected static int CheckPositive(int value, string parameterName) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(parameterName, value, "Give a positive number.");
}
