using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>
/// An oracle that shares nothing with the library: the rules of SentencePiece's format over strings, by looking at everything again and again. Texts are short, of the basic plane, and without rules of characters.
/// </summary>
internal sealed class NaiveSentencePiece((string Piece, float Score, int Type)[] pieces, bool isBytePairEncoding, bool byteFallback, bool addDummyPrefix, bool removeExtraSpaces)
{
    private const int Normal = 1, Unknown = 2, UserDefined = 4, Unused = 5;
    private const string Mark = "\u2581";

    public List<int> Encode(string text)
    {
        var normalized = Normalize(text);
        var ids = new List<int>();
        var isAfterUnknown = false;
        foreach (var piece in normalized.Length == 0 ? [] : isBytePairEncoding ? Merge(normalized) : FindLikeliest(normalized))
        {
            var id = Array.FindIndex(pieces, entry => entry.Piece == piece && (entry.Type is Normal or UserDefined || (entry.Type == Unused && isBytePairEncoding)));
            if (id >= 0)
                ids.Add(id);
            else if (byteFallback)
                ids.AddRange(Encoding.UTF8.GetBytes(piece).Select(value => Array.FindIndex(pieces, entry => entry.Piece == $"<0x{value:X2}>")));
            else if (!isAfterUnknown)
                ids.Add(Array.FindIndex(pieces, entry => entry.Type == Unknown));
            isAfterUnknown = id < 0;
        }

        return ids;
    }

    private string Normalize(string text)
    {
        if (removeExtraSpaces)
            text = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (text.Length == 0)
            return "";
        return ((addDummyPrefix ? " " : "") + text).Replace(" ", Mark, StringComparison.Ordinal);
    }

    /// <summary>
    /// The best way to each place: of all places before it and the pieces from there, the greatest sum, and of equals that of the longest piece. Sums are kept in single precision.
    /// </summary>
    private List<string> FindLikeliest(string text)
    {
        var normal = pieces.Where(entry => entry.Type == Normal).ToArray();
        var unknown = normal.Min(entry => entry.Score) - 10;
        var best = Math.Max(normal.Max(entry => entry.Score), 0);
        var ways = new List<(float Score, List<string> Pieces)> { (0, []) };
        for (var end = 1; end <= text.Length; end++)
        {
            (float Score, List<string> Pieces)? found = null;
            for (var start = 0; start < end; start++)
            {
                var piece = text[start..end];
                var index = Array.FindIndex(pieces, entry => entry.Piece == piece && (entry.Type is Normal or UserDefined));
                if (index < 0 && piece.Length > 1)
                    continue;
                double score = index < 0 ? ways[start].Score + unknown // in single precision
                    : ways[start].Score + (pieces[index].Type == UserDefined ? (Encoding.UTF8.GetByteCount(piece) * best) - 0.1 : pieces[index].Score);
                if (found is null || score > found.Value.Score)
                    found = ((float)score, [.. ways[start].Pieces, piece]);
            }

            ways.Add(found!.Value);
        }

        return ways[^1].Pieces;
    }

    /// <summary>Looks through all neighbours for the best merge, the leftmost of equals, again and again.</summary>
    private List<string> Merge(string text)
    {
        var symbols = new List<(string Text, bool Frozen)>();
        while (text.Length > 0)
        {
            var own = pieces.Where(entry => entry.Type == UserDefined && text.StartsWith(entry.Piece, StringComparison.Ordinal)).Select(entry => entry.Piece).MaxBy(piece => piece.Length);
            symbols.Add((own ?? text[..1], own is not null));
            text = text[symbols[^1].Text.Length..];
        }

        var parts = new Dictionary<string, (string, string)>();
        while (true)
        {
            var (best, at) = (float.NegativeInfinity, -1);
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                var merged = symbols[i].Text + symbols[i + 1].Text;
                var index = Array.FindIndex(pieces, entry => entry.Piece == merged && (entry.Type is Normal or UserDefined or Unused));
                if (index < 0 || symbols[i].Frozen || symbols[i + 1].Frozen)
                    continue;
                parts[merged] = (symbols[i].Text, symbols[i + 1].Text);
                if (pieces[index].Score > best)
                    (best, at) = (pieces[index].Score, i);
            }

            if (at < 0)
                break;
            symbols[at] = (symbols[at].Text + symbols[at + 1].Text, false);
            symbols.RemoveAt(at + 1);
        }

        return [.. symbols.SelectMany(symbol => Resegment(symbol.Text, parts))];
    }

    private IEnumerable<string> Resegment(string piece, Dictionary<string, (string Left, string Right)> parts) =>
        pieces.Any(entry => entry.Piece == piece && entry.Type == Unused) && parts.TryGetValue(piece, out var pair)
            ? Resegment(pair.Left, parts).Concat(Resegment(pair.Right, parts))
            : [piece];
}
