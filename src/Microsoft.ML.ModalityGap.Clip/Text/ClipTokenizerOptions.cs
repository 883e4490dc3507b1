namespace Microsoft.ML.ModalityGap;

/// <summary>How a <see cref="ClipTokenizer"/> cleans a text and fills the row of ids.</summary>
public sealed record ClipTokenizerOptions
{
    /// <summary>The fewest ids a row can have: a start and an end token.</summary>
    internal const int MinimumContextLength = 2;

    /// <summary>Far more than any text encoder takes; a larger number is a mistake, or the 10³⁰ that stands for "none" in some configurations.</summary>
    internal const int MaximumContextLength = 1 << 16;

    /// <summary>What CLIP's reference tokenizer does: HTML entities are replaced and letters lower-cased; length and padding are the model's own.</summary>
    public static ClipTokenizerOptions Default { get; } = new();

    /// <summary>What transformers does for SigLIP, whose folders and exports are the usual ones: <see cref="SigLipCleaning.Transformers"/>.</summary>
    public static ClipTokenizerOptions SigLip { get; } = new() { SigLipCleaning = ModalityGap.SigLipCleaning.Transformers };

    /// <summary>What transformers does for SigLIP 2: letters become lower case, nothing else is changed.</summary>
    public static ClipTokenizerOptions SigLip2 { get; } = new() { CleanHtml = false };

    /// <summary>No cleaning: the text is tokenised as it is.</summary>
    public static ClipTokenizerOptions NoCleaning { get; } = new() { CleanHtml = false, LowerCase = false };

    /// <summary>
    /// How many ids a row has, from 2 to 65,536. Default <see langword="null"/>: what the tokenizer's files say, else 77 for CLIP and 64 for SigLIP.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int? ContextLength
    {
        get;
        init => field = value is null or (>= MinimumContextLength and <= MaximumContextLength)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(ContextLength), value, $"The context length must be from {MinimumContextLength} to {MaximumContextLength}.");
    }

    /// <summary>What fills the row behind the end token. Default <see langword="null"/>: what the tokenizer's files say, else the end token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public ClipPadding? PadWith
    {
        get;
        init => field = value is null || Enum.IsDefined(value.Value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PadWith), value, "Unknown padding.");
    }

    /// <summary>
    /// Whether the mask is 0 for padding. Default <see langword="null"/>: where the tokenizer has a start token, as CLIP's. SigLIP attends to its padding, so its mask is 1 throughout.
    /// </summary>
    public bool? MaskPadding { get; init; }

    /// <summary>
    /// Whose cleaning of SigLIP's texts is followed; then the three switches below are not looked at. Default <see langword="null"/>: none's, the switches count.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public SigLipCleaning? SigLipCleaning
    {
        get;
        init => field = value is null || Enum.IsDefined(value.Value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(SigLipCleaning), value, "Unknown cleaning.");
    }

    /// <summary>Whether letters are lower-cased, as by Python's <c>str.lower</c>. Default <see langword="true"/>; CLIP's vocabulary is lower case.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>
    /// Whether HTML entities are replaced, twice, so that <c>&amp;amp;lt;</c> becomes <c>&lt;</c>, and white space at both ends is removed. Default <see langword="true"/>.
    /// See <see cref="ClipTokenizer"/> for which entities are known.
    /// </summary>
    public bool CleanHtml { get; init; } = true;

    /// <summary>Whether ASCII's 32 punctuation characters are removed and white space is collapsed and removed at both ends. Default <see langword="false"/>.</summary>
    public bool RemovePunctuation { get; init; }
}
