namespace Microsoft.ML.ModalityGap;

/// <summary>How a <see cref="SimilarityCorrection"/> is fitted.</summary>
public sealed record SimilarityCorrectionOptions
{
    /// <summary>The defaults: an inverted softmax with β = 10, then standardised by pseudo-positives, over banks of at most 1,000 rows a modality.</summary>
    public static SimilarityCorrectionOptions Default { get; } = new();

    /// <summary>What is taken from hubs first. Default <see cref="HubnessCorrection.InvertedSoftmax"/> with β = 10.</summary>
    /// <exception cref="ArgumentNullException">The value is null; for nothing there is <see cref="HubnessCorrection.None"/>.</exception>
    public HubnessCorrection Hubness
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(value));
    } = HubnessCorrection.InvertedSoftmax();

    /// <summary>How scores of several modalities are put on one scale then; <see langword="null"/> for not. Default <see cref="SimilarityStandardization.Default"/>.</summary>
    public SimilarityStandardization? Standardization { get; init; } = SimilarityStandardization.Default;

    /// <summary>
    /// Whether, where row i of the modalities' banks belongs together, such partners are left out of what is computed from each other, so that banks with and without partners come to the
    /// same. Default <see langword="true"/>. See docs/scoring.md for what it does to the figures.
    /// </summary>
    public bool LeavePartnersOut { get; init; } = true;

    /// <summary>Whether scores are calibrated to the probability of a match. Default <see langword="true"/>; takes at least 10 rows in each bank.</summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>The most rows of each modality that the banks hold, drawn at random from the data. Default 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaximumBankRows
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of rows.");
    } = 1000;

    /// <summary>
    /// What to do with rows that cannot be used, where the maps' estimator has no such option of its own that is known here. Default <see cref="UnusableRows.Throw"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>Draws the banks' rows, and the halves that calibration is crossed over. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
