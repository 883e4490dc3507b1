using System.Text.Json;
using System.Text.RegularExpressions;

namespace TinyClip;

/// <summary>
/// CLIP's tokenising of captions: start token, a token per word, end token, then end tokens up to the context length. The vocabulary has every
/// word of the grammar whole, and there byte pair encoding comes to looking it up; other words are refused (a CLIP tokenizer splits them).
/// </summary>
public sealed partial class CaptionTokenizer
{
    /// <summary>The token before a text.</summary>
    public const string StartToken = "<|startoftext|>";

    /// <summary>The token after a text, and the padding.</summary>
    public const string EndToken = "<|endoftext|>";

    private readonly Dictionary<string, int> _ids;
    private readonly int _start, _end;

    /// <summary>A tokenizer with this vocabulary, as <c>vocab.json</c> has it.</summary>
    /// <exception cref="ArgumentException">The start or the end token is missing.</exception>
    public CaptionTokenizer(IReadOnlyDictionary<string, int> vocabulary)
    {
        _ids = new Dictionary<string, int>(vocabulary, StringComparer.Ordinal);
        if (!_ids.TryGetValue(StartToken, out _start) || !_ids.TryGetValue(EndToken, out _end))
            throw new ArgumentException($"The vocabulary needs '{StartToken}' and '{EndToken}'.", nameof(vocabulary));
    }

    /// <summary>How many tokens there are.</summary>
    public int VocabularySize => _ids.Count;

    /// <summary>Reads a folder's <c>vocab.json</c>.</summary>
    public static CaptionTokenizer Load(string folder)
    {
        using var stream = File.OpenRead(Path.Combine(folder, TinyClipModel.VocabularyFile));
        return new CaptionTokenizer(JsonSerializer.Deserialize<Dictionary<string, int>>(stream)!);
    }

    /// <summary>The words and punctuation of a caption, as CLIP's tokenizer splits it.</summary>
    public static IEnumerable<string> Split(string caption) => Word().Matches(caption.ToLowerInvariant()).Select(match => match.Value);

    /// <summary>Writes the ids and the attention mask of a caption, 1 up to the first end token.</summary>
    /// <param name="caption">A text of the grammar's words.</param>
    /// <param name="ids">Receives the ids; its length is the context length.</param>
    /// <param name="mask">Receives 1 for each token and 0 for padding.</param>
    /// <exception cref="ArgumentException">A word is not in the vocabulary, or there are too many.</exception>
    public void Encode(string caption, Span<long> ids, Span<long> mask)
    {
        ids.Fill(_end);
        mask.Clear();
        ids[0] = _start;
        var length = 1;
        foreach (var word in Split(caption))
        {
            if (!_ids.TryGetValue(word + "</w>", out var id))
                throw new ArgumentException($"The word '{word}' of '{caption}' is not one of TinyClip's {_ids.Count} tokens.", nameof(caption));
            if (length == ids.Length - 1)
                throw new ArgumentException($"'{caption}' has more than the {ids.Length - 2} tokens that fit.", nameof(caption));
            ids[length++] = id;
        }

        mask[..(length + 1)].Fill(1);
    }

    [GeneratedRegex(@"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+")]
    private static partial Regex Word();
}
