namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.EvaluateHumanDisagreement"/>.</summary>
public sealed record HumanDisagreementOptions
{
    /// <summary>The defaults: scores are probabilities and taken as they are.</summary>
    public static HumanDisagreementOptions Default { get; } = new();

    /// <summary>
    /// The measures as the code of Lee, An and Thorne (EMNLP 2023) computes them: probabilities of zero become 1e-10 in the Kullback–Leibler divergence, all others stay.
    /// </summary>
    public static HumanDisagreementOptions Paper { get; } = new() { Smoothing = 1e-10, ZeroHandling = ZeroProbabilityHandling.ReplaceZeros };

    /// <summary>What the model's scores are. Default <see cref="ScoreKind.Probabilities"/>; <see cref="ScoreKind.Counts"/> for labels drawn from a model many times.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public ScoreKind ScoreKind
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(ScoreKind), value, "Unknown kind of scores.");
    } = ScoreKind.Probabilities;

    /// <summary>s, by which scores of kind <see cref="ScoreKind.Logits"/> are multiplied. Default 100; positive and finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float LogitScale
    {
        get;
        init => field = ClassifyZeroShotOptions.CheckLogitScale(value, nameof(LogitScale));
    } = 100f;

    /// <summary>
    /// n: with n &gt; 0 the model's distribution is estimated from n labels drawn from it, as if the model were asked n times (Monte Carlo); as many as there are judges
    /// makes both sides equally noisy. Default 0: the distribution itself.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int MonteCarloSamples
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MonteCarloSamples), value, "The number cannot be negative.");
    }

    /// <summary>Seeds the draws. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// ε, added to each probability of the model, or put in the place of zeros (<see cref="ZeroHandling"/>), before dividing by their sum, for the Kullback–Leibler divergence
    /// only: a class that people chose and the model gave nothing would make it infinite. Default 1e-6; at least 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double Smoothing
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Smoothing), value, "A finite number from 0.");
    } = 1e-6;

    /// <summary>Where <see cref="Smoothing"/> goes. Default <see cref="ZeroProbabilityHandling.AddToAll"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public ZeroProbabilityHandling ZeroHandling
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(ZeroHandling), value, "Unknown handling of zeros.");
    }

    /// <summary>
    /// The column of the single labels that the rows had before many people were asked, for <see cref="HumanDisagreementMetrics.OldLabelAccuracy"/>: a key, or a text that is one of
    /// the scores' slot names. Default <see langword="null"/>: none.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? OldLabelColumnName
    {
        get;
        init => field = value is "" ? throw new ArgumentException("The name of a column is empty.", nameof(OldLabelColumnName)) : value;
    }

    /// <summary>What to do with rows of which no distribution can be made. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }
}
