using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Byte-pair encoding in O(n log n), for words so long that the quadratic time of Microsoft.ML.Tokenizers hurts (21 s for 300,000 bytes).
/// </summary>
internal sealed class LongWordMerger
{
    private readonly PairMerger _merger;
    private readonly int[] _byteIds;
    private readonly int[] _lastByteIds;

    /// <summary>Made from the merges by ids, and from the ids of the bytes within and at the end of a word.</summary>
    internal LongWordMerger(ReadOnlySpan<ClipMerge> merges, int[] byteIds, int[] lastByteIds)
    {
        _byteIds = byteIds;
        _lastByteIds = lastByteIds;
        _merger = new PairMerger(merges);
    }

    internal int[] Encode(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        var ids = new int[bytes.Length];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = (i == ids.Length - 1 ? _lastByteIds : _byteIds)[bytes[i]];
        return _merger.Merge(ids);
    }
}
