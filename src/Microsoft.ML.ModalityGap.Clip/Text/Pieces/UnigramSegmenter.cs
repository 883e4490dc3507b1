using System.Buffers;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The likeliest segmentation under a unigram model: the pieces whose log probabilities have the greatest sum. A character that no piece is costs 10 more than the unlikeliest piece.
/// </summary>
/// <remarks>
/// Of equally likely ways to a position the one counts that was found first: that of the longest last piece, as positions are gone through from left to right. SentencePiece keeps
/// sums in single precision and compares them with a candidate in double, Hugging Face's tokenizers keep doubles; both rules are followed, since they decide between near ties.
/// Source: Kudo, Subword Regularization, 2018 (arXiv:1804.10959), section 3.1.
/// </remarks>
internal sealed class UnigramSegmenter : PieceSegmenter
{
    private const double UnknownPenalty = 10;
    private const double UserDefinedMalus = 0.1;
    private const int Unreached = -1;

    private readonly ByteTrie _trie;
    private readonly double[] _scores; // by id
    private readonly bool[] _isUserDefined;
    private readonly bool _sumsAreSingle;
    private readonly double _unknownScore;
    private readonly float _bestScore;

    /// <param name="pieces">The pieces that may be chosen.</param>
    /// <param name="lowestScore">The score of the unlikeliest.</param>
    /// <param name="bestScore">The score of the likeliest, which user-defined pieces have for each of their bytes.</param>
    /// <param name="sumsAreSingle">Whether sums are kept in single precision.</param>
    internal UnigramSegmenter(IReadOnlyCollection<UnigramPiece> pieces, double lowestScore, float bestScore, bool sumsAreSingle)
    {
        _trie = ByteTrie.Create(pieces.Select(piece => (piece.Text, piece.Id)));
        var count = pieces.Count == 0 ? 0 : pieces.Max(piece => piece.Id) + 1;
        _scores = new double[count];
        _isUserDefined = new bool[count];
        foreach (var piece in pieces)
        {
            _scores[piece.Id] = piece.Score;
            _isUserDefined[piece.Id] = piece.IsUserDefined;
        }

        _sumsAreSingle = sumsAreSingle;
        _unknownScore = sumsAreSingle ? (float)lowestScore - (float)UnknownPenalty : lowestScore - UnknownPenalty;
        _bestScore = bestScore;
    }

    internal override void Segment(ReadOnlySpan<byte> text, ref PieceWriter writer)
    {
        if (text.IsEmpty)
            return;
        var length = text.Length + 1;
        var rentedScores = ArrayPool<double>.Shared.Rent(length);
        var rentedPlaces = ArrayPool<int>.Shared.Rent(checked(2 * length));
        try
        {
            var starts = rentedPlaces.AsSpan(0, length);
            var ids = rentedPlaces.AsSpan(length, length);
            FindBest(text, rentedScores.AsSpan(0, length), starts, ids);
            Write(text, starts, ids, ref writer);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rentedScores);
            ArrayPool<int>.Shared.Return(rentedPlaces);
        }
    }

    /// <summary>Finds for each position behind a character the last piece of the best way there.</summary>
    private void FindBest(ReadOnlySpan<byte> text, Span<double> sums, Span<int> starts, Span<int> ids)
    {
        starts.Fill(Unreached);
        sums[0] = 0;
        var start = 0;
        while (start < text.Length)
        {
            var characterEnd = Math.Min(text.Length, start + GetCharacterLength(text[start]));
            var sum = sums[start];
            var isCovered = false;
            var node = ByteTrie.Root;
            for (var end = start + 1; end <= text.Length && (node = _trie.Next(node, text[end - 1])) != ByteTrie.None; end++)
            {
                if (_trie.GetId(node) is not (var id and >= 0))
                    continue;
                isCovered |= end == characterEnd;
                var score = _isUserDefined[id] ? ((end - start) * _bestScore) - UserDefinedMalus : _scores[id];
                Offer(sums, starts, ids, start, end, id, sum + score);
            }

            if (!isCovered)
                Offer(sums, starts, ids, start, characterEnd, ByteTrie.None, _sumsAreSingle ? (float)(sum + _unknownScore) : sum + _unknownScore);
            start = characterEnd;
        }
    }

    private void Offer(Span<double> sums, Span<int> starts, Span<int> ids, int start, int end, int id, double candidate)
    {
        if (starts[end] != Unreached && !(candidate > sums[end]))
            return;
        sums[end] = _sumsAreSingle ? (float)candidate : candidate;
        starts[end] = start;
        ids[end] = id;
    }

    /// <summary>Goes back along the best way, turning each piece's start into its successor's end, and then forth.</summary>
    private static void Write(ReadOnlySpan<byte> text, Span<int> starts, ReadOnlySpan<int> ids, ref PieceWriter writer)
    {
        var next = Unreached;
        for (var end = text.Length; end > 0;)
        {
            var start = starts[end];
            starts[end] = next;
            (next, end) = (end, start);
        }

        for (var (start, end) = (0, next); end != Unreached; (start, end) = (end, starts[end]))
        {
            if (ids[end] == ByteTrie.None)
                writer.AddUnknown(text[start..end]);
            else
                writer.Add(ids[end]);
        }
    }
}
