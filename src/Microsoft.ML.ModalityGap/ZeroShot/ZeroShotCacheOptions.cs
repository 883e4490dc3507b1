namespace Microsoft.ML.ModalityGap;

/// <summary>Options of the cache of confident rows that <see cref="ClassifyZeroShotOptions.Cache"/> puts beside the classes' texts (TFUP).</summary>
/// <remarks>
/// <para>Fitting looks at unlabelled rows. With p = softmax(10·cos) of each, every class gets K rows: of the 2K with the greatest p_c those whose p is most like the others' of the 2K, by
/// Σ_m KL(p_j‖p_m).</para>
/// <para>Applied, a row x has s·(cos_c + (α/100)·Σ_(j of c) exp(−β(1 − ⟨x, k_j⟩·m_j))) in the place of s·cos_c, over the cached rows k_j, where m_j = 2·(1 − (D_j − min D)/(max D − min D)),
/// D_j = KL(p_x‖p_j), says from 0 to 2 how alike the model's opinions of x and k_j are. At s = 100 these are the paper's logits.</para>
/// <para>Source: Long et al., Training-Free Unsupervised Prompt for Vision-Language Models, 2024 (arXiv 2404.16339), and its code.</para>
/// </remarks>
public sealed record ZeroShotCacheOptions
{
    /// <summary>The defaults, the paper's.</summary>
    public static ZeroShotCacheOptions Default { get; } = new();

    /// <summary>
    /// K, how many rows each class gets, where there are so many. Default <see langword="null"/>: the paper's 0.3·rows/classes, but from 9 to 16. At least 1, at most 1,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1 or above 1,000.</exception>
    public int? RowsPerClass
    {
        get;
        init => field = value is null or >= 1 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(RowsPerClass), value, "From 1 to 1,000.");
    }

    /// <summary>α, how much cached rows count beside the texts. Default 0.3; not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float Weight
    {
        get;
        init => field = value >= 0 && float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Weight), value, "A finite number from 0.");
    } = 0.3f;

    /// <summary>β, how fast cached rows count less with their distance. Default 1; not negative, at most 30.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or above 30.</exception>
    public float Sharpness
    {
        get;
        init => field = value is >= 0 and <= 30 ? value : throw new ArgumentOutOfRangeException(nameof(Sharpness), value, "From 0 to 30.");
    } = 1f;

    /// <summary>What to do while fitting with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }
}
