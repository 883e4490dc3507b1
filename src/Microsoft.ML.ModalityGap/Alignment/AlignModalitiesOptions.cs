namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="AlignModalitiesEstimator"/>.</summary>
public sealed record AlignModalitiesOptions : ModalityFitOptions
{
    private readonly double? _shrinkage;
    private readonly CovarianceShrinkage? _whitening;
    private readonly bool _hasShrinkage, _hasWhitening;

    /// <summary>The defaults: both modalities are whitened with a shrinkage of 0.95 and go half the way by ridge with one of 0.9, which did best on every set of docs/methods.md that was not tuned to.</summary>
    public static AlignModalitiesOptions Default { get; } = new();

    /// <summary>How the modalities are brought together. Default <see cref="AlignmentMethod.Ridge"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public AlignmentMethod Method
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Method), value, "Unknown method of alignment.");
    }

    /// <summary>
    /// γ, from 0 to 1: how far covariances are drawn towards equal variances, and what is learnt towards nothing, or towards the identity. <see langword="null"/> lets cross-validation over <see cref="Folds"/> choose (Procrustes
    /// then takes 0). Default 0.9 where both go half the way by ridge, else <see langword="null"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double? Shrinkage
    {
        get => _hasShrinkage ? _shrinkage : GoesHalfTheWay ? 0.9 : null;
        init
        {
            if (value is { } amount)
                CovarianceShrinkage.CheckAmount(amount, nameof(Shrinkage));
            (_shrinkage, _hasShrinkage) = (value, true);
        }
    }

    /// <summary>
    /// Whether ridge and Procrustes are drawn towards the identity, which few pairs then change little, instead of towards nothing. Only for modalities of one space. <see langword="null"/>, the
    /// default: when both go half the way.
    /// </summary>
    public bool? TowardsIdentity { get; init; }

    /// <summary>The modality that the other is mapped onto; <see langword="null"/>, the default, lets both go half the way, which takes embeddings of one space. CCA always maps both.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? Towards
    {
        get;
        init => field = value is null or { Length: > 0 } ? value : throw new ArgumentException("The name of a modality cannot be empty.", nameof(Towards));
    }

    /// <summary>
    /// Whether the modality of <see cref="Towards"/> keeps its embeddings (they are only normalised), and the other takes over their mean: for an index that exists. Default
    /// <see langword="false"/>: both are centred, which closes the gap.
    /// </summary>
    public bool KeepTarget { get; init; }

    /// <summary>
    /// Whitens both modalities first by ZCA with this shrinkage; <see langword="null"/> for not. Default 0.95 where both go half the way by ridge, else <see langword="null"/>. CCA whitens by itself.
    /// </summary>
    public CovarianceShrinkage? Whitening
    {
        get => _hasWhitening ? _whitening : GoesHalfTheWay ? CovarianceShrinkage.Fixed(0.95) : null;
        init => (_whitening, _hasWhitening) = (value, true);
    }

    /// <summary>How many canonical directions CCA keeps, at least 1; <see langword="null"/>, the default, for as many as there are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Components
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Components), value, "Keep at least one direction.");
    }

    /// <summary>In how many parts the pairs are dealt to choose the shrinkage. Default 5; at least 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2.</exception>
    public int Folds
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(Folds), value, "Cross-validation takes at least 2 folds.");
    } = 5;

    private bool GoesHalfTheWay => Method == AlignmentMethod.Ridge && Towards is null && !KeepTarget;
}
