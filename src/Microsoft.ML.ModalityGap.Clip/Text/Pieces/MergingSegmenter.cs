namespace Microsoft.ML.ModalityGap;

/// <summary>
/// SentencePiece's byte-pair encoding: of all neighbours that are a piece together the one with the highest score is merged first, among equals the leftmost, until there are none.
/// User-defined pieces stand as they are found from left to right, the longest first; what merges to an unused piece falls apart again.
/// </summary>
internal sealed class MergingSegmenter : PieceSegmenter
{
    private const int None = -1;

    private readonly ByteTrie _pieces;
    private readonly ByteTrie _reserved;
    private readonly ByteTrie _userDefined;
    private readonly float[] _scores;
    private readonly bool[] _isUnused;
    private readonly bool[] _isUnknown;

    internal MergingSegmenter(SentencePieceModel model)
    {
        _pieces = model.CreateTrie(kind => kind is SentencePieceKind.Normal or SentencePieceKind.UserDefined or SentencePieceKind.Unused);
        _reserved = model.CreateTrie(kind => kind is SentencePieceKind.Unknown or SentencePieceKind.Control or SentencePieceKind.Byte);
        _userDefined = model.CreateTrie(kind => kind is SentencePieceKind.UserDefined);
        _scores = [.. model.Pieces.Select(piece => piece.Score)];
        _isUnused = [.. model.Pieces.Select(piece => piece.Kind == SentencePieceKind.Unused)];
        _isUnknown = [.. model.Pieces.Select(piece => piece.Kind == SentencePieceKind.Unknown)];
    }

    internal override void Segment(ReadOnlySpan<byte> text, ref PieceWriter writer)
    {
        var symbols = Split(text);
        var splits = Merge(text, symbols);
        var pending = new Stack<(int Start, int Length)>();
        for (var i = 0; i != None && symbols.Count > 0; i = symbols[i].Next)
        {
            pending.Push((symbols[i].Start, symbols[i].Length));
            while (pending.TryPop(out var part))
            {
                var piece = text.Slice(part.Start, part.Length);
                var id = _reserved.Find(piece) is var reserved && reserved != ByteTrie.None ? reserved : _pieces.Find(piece);
                if (id == ByteTrie.None || _isUnknown[id])
                {
                    writer.AddUnknown(piece);
                }
                else if (_isUnused[id] && splits is not null && splits.TryGetValue(id, out var left))
                {
                    pending.Push((part.Start + left, part.Length - left));
                    pending.Push((part.Start, left));
                }
                else
                {
                    writer.Add(id);
                }
            }
        }
    }

    /// <summary>The characters, and the user-defined pieces, which are not merged.</summary>
    private List<Symbol> Split(ReadOnlySpan<byte> text)
    {
        var symbols = new List<Symbol>(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var length = _userDefined.IsEmpty ? 0 : _userDefined.MatchLongest(text[start..], out _);
            var isUserDefined = length > 0;
            if (!isUserDefined)
                length = Math.Min(GetCharacterLength(text[start]), text.Length - start);
            symbols.Add(new Symbol
            {
                Start = start,
                Length = length,
                Previous = symbols.Count - 1,
                Next = start + length == text.Length ? None : symbols.Count + 1,
                Node = isUserDefined ? ByteTrie.None : _pieces.Walk(ByteTrie.Root, text.Slice(start, length)),
                IsFrozen = isUserDefined,
            });
            start += length;
        }

        return symbols;
    }

    /// <summary>Merges what can be merged.</summary>
    /// <returns>How long the left part of each unused piece was that came about; <see langword="null"/> for none.</returns>
    private Dictionary<int, int>? Merge(ReadOnlySpan<byte> text, List<Symbol> symbols)
    {
        Dictionary<int, int>? splits = null;
        var queue = new PriorityQueue<(int Left, int Right, int Length, int Node), (float Score, int Left)>(symbols.Count, BestThenLeftmost.Instance);
        for (var i = 1; i < symbols.Count; i++)
            Enqueue(text, i - 1, i);
        while (queue.TryDequeue(out var pair, out _))
        {
            var (left, right) = (symbols[pair.Left], symbols[pair.Right]);

            // What has changed since is void.
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
                continue;
            symbols[pair.Left] = left with { Length = pair.Length, Next = right.Next, Node = pair.Node };
            if (right.Next != None)
                symbols[right.Next] = symbols[right.Next] with { Previous = pair.Left };
            symbols[pair.Right] = right with { Length = 0 };
            Enqueue(text, left.Previous, pair.Left);
            Enqueue(text, pair.Left, right.Next);
        }

        return splits;

        void Enqueue(ReadOnlySpan<byte> text, int left, int right)
        {
            if (left == None || right == None || symbols[left].IsFrozen || symbols[right].IsFrozen || symbols[left].Node == ByteTrie.None)
                return;
            var node = _pieces.Walk(symbols[left].Node, text.Slice(symbols[right].Start, symbols[right].Length));
            if (_pieces.GetId(node) is not (var id and >= 0))
                return;
            queue.Enqueue((left, right, symbols[left].Length + symbols[right].Length, node), (_scores[id], left));
            if (_isUnused[id])
                (splits ??= [])[id] = symbols[left].Length;
        }
    }

    private readonly record struct Symbol
    {
        internal int Start { get; init; }

        /// <summary>The number of bytes; 0 once it went into its left neighbour.</summary>
        internal int Length { get; init; }

        internal int Previous { get; init; }

        internal int Next { get; init; }

        /// <summary>Where the symbol leads to among the pieces.</summary>
        internal int Node { get; init; }

        internal bool IsFrozen { get; init; }
    }

    private sealed class BestThenLeftmost : IComparer<(float Score, int Left)>
    {
        internal static readonly BestThenLeftmost Instance = new();

        public int Compare((float Score, int Left) x, (float Score, int Left) y) =>
            x.Score.CompareTo(y.Score) is var order && order != 0 ? -order : x.Left.CompareTo(y.Left);
    }
}
