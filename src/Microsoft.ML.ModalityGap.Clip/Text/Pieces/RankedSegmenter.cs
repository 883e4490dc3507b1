using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Byte-pair encoding with a list of merges over characters, as in <c>tokenizer.json</c> files of Gemma's kind: what is no token is its bytes.</summary>
internal sealed class RankedSegmenter : PieceSegmenter
{
    private readonly ByteTrie _characters;
    private readonly ByteTrie? _wholeParts;
    private readonly PairMerger _merger;
    private readonly UnknownPieces _unknown;

    /// <param name="tokens">The vocabulary.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="unknown">What becomes of characters that are no token.</param>
    /// <param name="takesWholeParts">Whether a part of the text that is a token is not merged but taken.</param>
    internal RankedSegmenter(IReadOnlyDictionary<string, int> tokens, ReadOnlySpan<ClipMerge> merges, UnknownPieces unknown, bool takesWholeParts)
    {
        _characters = CreateTrie(tokens.Where(token => token.Key.Length is 1 or 2 && Rune.GetRuneAt(token.Key, 0).Utf16SequenceLength == token.Key.Length));
        _wholeParts = takesWholeParts ? CreateTrie(tokens) : null;
        _merger = new PairMerger(merges);
        _unknown = unknown;
    }

    internal override void Segment(ReadOnlySpan<byte> text, ref PieceWriter writer)
    {
        if (_wholeParts?.Find(text) is { } whole and >= 0)
        {
            writer.Add(whole);
            return;
        }

        // Merges go over the bytes of unknown characters, too, but not over an unknown token.
        var ids = new List<int>(text.Length);
        while (!text.IsEmpty)
        {
            var character = text[..Math.Min(GetCharacterLength(text[0]), text.Length)];
            text = text[character.Length..];
            if (_characters.Find(character) is var id and >= 0)
            {
                ids.Add(id);
            }
            else if (_unknown.ByteIds is { } byteIds)
            {
                foreach (var value in character)
                    ids.Add(byteIds[value]);
            }
            else if (_unknown.Id is not null)
            {
                Flush(ids, ref writer);
                writer.AddUnknown(character);
            }
        }

        Flush(ids, ref writer);
    }

    private void Flush(List<int> ids, ref PieceWriter writer)
    {
        if (ids.Count == 0)
            return;
        foreach (var id in _merger.Merge([.. ids]))
            writer.Add(id);
        ids.Clear();
    }

    private static ByteTrie CreateTrie(IEnumerable<KeyValuePair<string, int>> tokens) =>
        ByteTrie.Create(tokens.Select(token => (Encoding.UTF8.GetBytes(token.Key), token.Value)));
}
