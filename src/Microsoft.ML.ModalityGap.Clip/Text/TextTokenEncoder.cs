namespace Microsoft.ML.ModalityGap;

/// <summary>What a tokenizer's files say of the rows its model takes.</summary>
internal readonly record struct TextModelDefaults(int ContextLength, int PaddingTokenId);

/// <summary>The model behind a <see cref="ClipTokenizer"/>: turns a cleaned text into ids, without start, end and padding. Safe for many threads.</summary>
internal abstract class TextTokenEncoder(TextModelDefaults defaults)
{
    internal TextModelDefaults Defaults { get; } = defaults;

    internal abstract int? StartTokenId { get; }

    internal abstract int EndTokenId { get; }

    internal abstract int VocabularySize { get; }

    /// <summary>Whether white space at the ends of a text may make tokens of its own.</summary>
    internal virtual bool SeesWhiteSpace => true;

    /// <summary>Writes as many ids as there is room for.</summary>
    /// <param name="text">A cleaned text; every surrogate is one of a pair.</param>
    /// <param name="ids">Room for the ids.</param>
    /// <param name="truncated">Whether there were more.</param>
    /// <returns>How many were written.</returns>
    internal abstract int Encode(ReadOnlySpan<char> text, Span<int> ids, out bool truncated);
}
