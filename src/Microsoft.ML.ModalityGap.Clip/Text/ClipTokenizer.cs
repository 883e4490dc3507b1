using System.Buffers;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Turns a text into the row of token ids that a CLIP-like text encoder takes: CLIP's byte-pair encoding, the SentencePiece models of SigLIP, or the unigram and byte-pair encodings of
/// Hugging Face's <c>tokenizer.json</c>, such as multilingual models' and SigLIP 2's.
/// </summary>
/// <remarks>
/// <para>A row is: start token (CLIP's, and where <c>tokenizer.json</c> has one), the text's tokens, end token, padding. A longer text loses tokens at its end; the end token stays.</para>
/// <para>The text is cleaned first as <see cref="ClipTokenizerOptions"/> say, after CLIP's reference tokenizer unless they say otherwise: HTML entities are replaced, twice; white space is trimmed; letters become lower case
/// by the rules of Python's <c>str.lower</c>. CLIP's are split by code point, so that letters beyond the basic plane are letters. Words are then encoded by
/// Microsoft.ML.Tokenizers, through a bounded cache. SentencePiece models and <c>tokenizer.json</c> are followed by our own implementation of their rules, normalisation included.</para>
/// <para>Differences from the reference tokenizer: <c>ftfy</c> (repair of wrongly decoded text) is not applied, so neither is its Unicode normalisation; of the
/// 2,231 names of HTML5 entities the 252 of HTML 4 are known, <c>&amp;apos;</c>, and the numeric ones; a lone surrogate, at which
/// the reference fails, becomes U+FFFD.</para>
/// <para>Immutable; every method may be called from many threads at once. No text makes it throw.</para>
/// </remarks>
public sealed partial class ClipTokenizer
{
    private const int StackLength = 256;

    internal ClipTokenizer(TextTokenEncoder encoder, ClipTokenizerOptions options)
    {
        Encoder = encoder;
        Options = options;
        ContextLength = options.ContextLength ?? encoder.Defaults.ContextLength;
        PaddingTokenId = options.PadWith switch
        {
            ClipPadding.Zero => 0,
            ClipPadding.EndToken => encoder.EndTokenId,
            _ => encoder.Defaults.PaddingTokenId,
        };
        MasksPadding = options.MaskPadding ?? encoder.StartTokenId is not null;
    }

    /// <summary>How texts are cleaned and rows are filled.</summary>
    public ClipTokenizerOptions Options { get; }

    /// <summary>How many ids a row has.</summary>
    public int ContextLength { get; }

    /// <summary>The id every row begins with; <see langword="null"/> for SentencePiece models and others whose rows begin with the text.</summary>
    public int? StartTokenId => Encoder.StartTokenId;

    /// <summary>The id that ends the text.</summary>
    public int EndTokenId => Encoder.EndTokenId;

    /// <summary>The id behind the end token.</summary>
    public int PaddingTokenId { get; }

    /// <summary>Whether the mask is 0 for padding; otherwise it is 1 throughout, since the model attends to its padding.</summary>
    public bool MasksPadding { get; }

    /// <summary>The number of tokens, the special ones included.</summary>
    public int VocabularySize => Encoder.VocabularySize;

    internal TextTokenEncoder Encoder { get; }

    /// <summary>The same vocabulary under other options; the vocabulary is shared, so this costs nothing.</summary>
    /// <param name="options">The options.</param>
    public ClipTokenizer WithOptions(ClipTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ClipTokenizer(Encoder, options);
    }

    /// <summary>The ids of a text: start token, text, end token; at most <see cref="ContextLength"/>, without padding.</summary>
    /// <param name="text">The text.</param>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        var rented = ContextLength <= StackLength ? null : ArrayPool<int>.Shared.Rent(ContextLength);
        var ids = rented is null ? stackalloc int[StackLength] : rented;
        var result = ids[..EncodeCore(text, ids[..ContextLength], out _)].ToArray();
        if (rented is not null)
            ArrayPool<int>.Shared.Return(rented);
        return result;
    }

    /// <summary>Writes the row of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the ids and the padding; of length <see cref="ContextLength"/>.</param>
    /// <param name="mask">Receives 1 for each id and, where <see cref="MasksPadding"/>, 0 for padding; of the same length, or empty when no mask is wanted.</param>
    /// <param name="truncated">Whether the text was cut.</param>
    /// <returns>The number of ids before the padding.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<long> mask, out bool truncated)
    {
        CheckLengths(ids.Length, mask.Length);
        var rented = ContextLength <= StackLength ? null : ArrayPool<int>.Shared.Rent(ContextLength);
        var narrow = rented is null ? stackalloc int[StackLength] : rented;
        var count = EncodeCore(text, narrow[..ContextLength], out truncated);
        for (var i = 0; i < count; i++)
            ids[i] = narrow[i];
        if (rented is not null)
            ArrayPool<int>.Shared.Return(rented);

        ids[count..].Fill(PaddingTokenId);
        FillMask(mask, count);
        return count;
    }

    /// <summary>Writes the row of a text in 32 bits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the ids and the padding; of length <see cref="ContextLength"/>.</param>
    /// <param name="mask">Receives 1 for each id and, where <see cref="MasksPadding"/>, 0 for padding; of the same length, or empty when no mask is wanted.</param>
    /// <param name="truncated">Whether the text was cut.</param>
    /// <returns>The number of ids before the padding.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public int Encode(ReadOnlySpan<char> text, Span<int> ids, Span<int> mask, out bool truncated)
    {
        CheckLengths(ids.Length, mask.Length);
        var count = EncodeCore(text, ids, out truncated);
        ids[count..].Fill(PaddingTokenId);
        FillMask(mask, count);
        return count;
    }

    private int EncodeCore(ReadOnlySpan<char> text, Span<int> ids, out bool truncated)
    {
        var buffer = ArrayPool<char>.Shared.Rent(TextCleaner.GetBufferLength(text.Length));
        try
        {
            var count = 0;
            if (Encoder.StartTokenId is { } start)
                ids[count++] = start;
            var cleaned = TextCleaner.Clean(text, Options, buffer, trims: !Encoder.SeesWhiteSpace);
            count += Encoder.Encode(cleaned, ids[count..^1], out truncated);
            ids[count++] = Encoder.EndTokenId;
            return count;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private void FillMask<T>(Span<T> mask, int count)
        where T : System.Numerics.INumber<T>
    {
        if (mask.IsEmpty)
            return;
        mask.Fill(T.One);
        if (MasksPadding)
            mask[count..].Clear();
    }

    private void CheckLengths(int ids, int mask)
    {
        if (ids != ContextLength)
            throw new ArgumentException($"Expected room for {ContextLength} ids, the context length; found {ids}.", nameof(ids));
        if (mask != 0 && mask != ContextLength)
            throw new ArgumentException($"Expected a mask of length {ContextLength}, the context length, or an empty one; found {mask}.", nameof(mask));
    }
}
