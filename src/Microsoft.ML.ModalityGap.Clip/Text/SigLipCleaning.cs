namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Whose cleaning of SigLIP's texts is followed. They differ, and an embedding with them: <c>a_red star &amp;amp; moon</c> becomes <c>a red star amp moon</c>,
/// <c>a red star moon</c> or <c>ared star amp moon</c>.
/// </summary>
/// <remarks>All of them remove ASCII's 32 punctuation characters, lower-case, collapse white space and remove it at both ends.</remarks>
public enum SigLipCleaning
{
    /// <summary>
    /// Google's big_vision, where SigLIP was trained: an underscore becomes a space first; HTML entities stay, less their punctuation.
    /// Source: <c>_canonicalize</c> in its prompt_engineering.py.
    /// </summary>
    BigVision,

    /// <summary>
    /// OpenCLIP (<c>clean="canonicalize"</c>): HTML entities are replaced, twice, then as <see cref="BigVision"/>. Source: <c>basic_clean</c> and
    /// <c>canonicalize_text</c> in its tokenizer.py; ftfy, which it applies before, is not.
    /// </summary>
    OpenClip,

    /// <summary>
    /// Hugging Face's transformers: an underscore is removed like other punctuation; HTML entities stay, less their punctuation; letters are lower-cased one by one, so that Σ is
    /// always σ; U+2581 is a space; a space that the text then begins with stays as a piece of its own. Source: its tokenization_siglip.py.
    /// </summary>
    Transformers,
}
