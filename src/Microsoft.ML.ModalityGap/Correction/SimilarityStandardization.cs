namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How similarities to the rows of each modality are put on one scale, so that a gallery of images and texts can be ranked together: z = (s − m)/d, with m a mean and d a
/// spread of a bank's similarities (<see cref="SimilaritySample"/>; deviations are over N, not N−1), per modality of the query and of the gallery row.
/// </summary>
/// <remarks>
/// The bank needs no labels. Source: similarity standardisation by pseudo-positives, arXiv 2511.22141; the best fifth is this library's: docs/methods.md says what it changes. A gallery of one modality is ranked as without it; only the scores are in other units.
/// </remarks>
public sealed record SimilarityStandardization
{
    /// <summary>The defaults: mean and deviation of pseudo-positives.</summary>
    public static SimilarityStandardization Default { get; } = new();

    /// <summary>Which similarities m and d are of. Default <see cref="SimilaritySample.PseudoPositives"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public SimilaritySample Sample
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown sample of similarities.");
    }

    /// <summary>Whether only m is taken away, and d is 1. Default <see langword="false"/>.</summary>
    public bool OffsetOnly { get; init; }

    /// <summary>Such as <c>PseudoPositives</c>, or <c>AllSimilarities, offset only</c>.</summary>
    public override string ToString() => $"{Sample}{(OffsetOnly ? ", offset only" : "")}";
}
