namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/>.</summary>
public sealed record SelectionOptions
{
    /// <summary>The defaults.</summary>
    public static SelectionOptions Default { get; } = new();

    /// <summary>Candidates of one's own, compared beside the default grid (<see cref="ModalityGapCatalog.GetSelectionGrid"/>). Default none.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public IReadOnlyList<SelectionCandidate> Candidates
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Candidates));
    } = [];

    /// <summary>Whether the default grid is compared. Default <see langword="true"/>. Raw embeddings and I0T_post always are, as what the others are measured against.</summary>
    public bool IncludeGrid { get; init; } = true;

    /// <summary>Whether <see cref="TrainModalityNormalizationEstimator"/> takes part, too. Default <see langword="false"/>: training takes longer.</summary>
    public bool IncludeTrained { get; init; }

    /// <summary>What the recommended candidate is best in. Default <see cref="SelectionObjective.Balanced"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public SelectionObjective Objective
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Objective), value, "Unknown objective.");
    }

    /// <summary>How much mean recall@1 a correction may lose against the raw embeddings; when all lose more, these are recommended. Default 0; from 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double AllowedRecallLoss
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(AllowedRecallLoss), value, "A loss of recall is from 0 to 1.");
    }

    /// <summary>How much wider than I0T_post's a gap may be to count as closed. Default 0.02; from 0 to 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 2.</exception>
    public double GapTolerance
    {
        get;
        init => field = value is >= 0 and <= 2 ? value : throw new ArgumentOutOfRangeException(nameof(GapTolerance), value, "A gap is from 0 to 2.");
    } = 0.02;

    /// <summary>
    /// The least and, in <see cref="MaximumOtherShare"/>, the greatest share of the first ten that the other modality may have in a mixed gallery; candidates beyond are refused whatever their
    /// NDCG, unless all are. In two-sided galleries the limits are drawn half the way to a half.
    /// Default 0.35; from 0 to 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double MinimumOtherShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MinimumOtherShare), value, "A share is from 0 to 1.");
    } = 0.35;

    /// <summary>See <see cref="MinimumOtherShare"/>. Default 0.65; from 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double MaximumOtherShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaximumOtherShare), value, "A share is from 0 to 1.");
    } = 0.65;

    /// <summary>In how many parts the pairs are dealt; each is measured by maps fitted on the others. Default 2, so that galleries are as large as can be; at least 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2.</exception>
    public int Folds
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(Folds), value, "Cross-validation takes at least 2 folds.");
    } = 2;

    /// <summary>How often they are dealt anew. Default 4; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Repeats
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Repeats), value, "They are dealt at least once.");
    } = 4;

    /// <summary>The most pairs to use; of more, so many are drawn. Default 5,000; at least 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 20.</exception>
    public int MaximumPairs
    {
        get;
        init => field = value >= 20 ? value : throw new ArgumentOutOfRangeException(nameof(MaximumPairs), value, "At least 20 pairs are needed.");
    } = 5_000;

    /// <summary>How many samples of the pairs the confidence intervals are made of. Default 1,000; at least 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 100.</exception>
    public int BootstrapSamples
    {
        get;
        init => field = value >= 100 ? value : throw new ArgumentOutOfRangeException(nameof(BootstrapSamples), value, "At least 100 samples are needed.");
    } = 1_000;

    /// <summary>Seeds the draws. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>What to do with pairs of which a row cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>Is told the share of the fits that are done, from 0 to 1, from any thread; <see langword="null"/> (the default) for nobody.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Ends the work early, with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }
}
