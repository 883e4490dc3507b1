namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="WhitenModalitiesEstimator"/>.</summary>
public sealed record WhitenModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: ZCA by each modality's own covariance, drawn 0.95 of the way towards equal variances.</summary>
    public static WhitenModalitiesOptions Default { get; } = new();

    /// <summary>In which basis the result comes out. Default <see cref="WhiteningKind.Zca"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public WhiteningKind Kind
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Kind), value, "Unknown kind of whitening.");
    }

    /// <summary>γ. Default 0.95, which did best without pairs on every set of docs/methods.md; with a few hundred rows of some hundred dimensions less costs recall.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public CovarianceShrinkage Shrinkage
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Shrinkage));
            field = value;
        }
    } = CovarianceShrinkage.Fixed(0.95);

    /// <summary>How many principal directions to keep, at least 1; <see langword="null"/>, the default, for all. For <see cref="WhiteningKind.Pca"/> only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Keep
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Keep), value, "Keep at least one direction.");
    }

    /// <summary>
    /// In how many groups the dimensions are whitened, each group on its own: WhitenedCSE's shuffled group whitening, which needs fewer rows. Default 1, all together. For
    /// <see cref="WhiteningKind.Zca"/> only.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Groups
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Groups), value, "There is at least one group.");
    } = 1;

    /// <summary>Seeds which dimensions share a group. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether all modalities are whitened by the mean of their covariances, rather than each by its own. Default <see langword="false"/>. PCA always shares: axes of two modalities' own would
    /// have nothing to do with each other.
    /// </summary>
    public bool SharedCovariance { get; init; }
}
