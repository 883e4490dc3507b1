namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Byte strings with an id each, as a tree that is walked byte by byte. Nodes lie in breadth-first order, so that a node's children are side by side.
/// </summary>
internal sealed class ByteTrie
{
    /// <summary>The node of the empty string.</summary>
    internal const int Root = 0;

    /// <summary>No such node, or no id.</summary>
    internal const int None = -1;

    private readonly int[] _firstChild; // of each node, and one more behind the last
    private readonly byte[] _labels;
    private readonly int[] _ids;

    private ByteTrie(int[] firstChild, byte[] labels, int[] ids)
    {
        _firstChild = firstChild;
        _labels = labels;
        _ids = ids;
    }

    /// <summary>Whether there is no string in it.</summary>
    internal bool IsEmpty => _ids.Length == 1;

    /// <summary>Makes the tree; of equal keys the first counts. Empty keys have no place in it.</summary>
    internal static ByteTrie Create(IEnumerable<(byte[] Key, int Id)> entries)
    {
        var sorted = entries.Where(entry => entry.Key.Length > 0).OrderBy(entry => entry.Key, ByteOrder.Instance).ToArray();
        var firstChild = new List<int>();
        var labels = new List<byte> { 0 };
        var ids = new List<int>();
        var queue = new Queue<(int Start, int End, int Depth)>();
        queue.Enqueue((0, sorted.Length, 0));
        while (queue.TryDequeue(out var range))
        {
            var (start, end, depth) = range;
            firstChild.Add(labels.Count);
            ids.Add(start < end && sorted[start].Key.Length == depth ? sorted[start].Id : None);
            while (start < end && sorted[start].Key.Length == depth)
                start++;
            while (start < end)
            {
                var label = sorted[start].Key[depth];
                var next = start + 1;
                while (next < end && sorted[next].Key[depth] == label)
                    next++;
                labels.Add(label);
                queue.Enqueue((start, next, depth + 1));
                start = next;
            }
        }

        firstChild.Add(labels.Count);
        return new ByteTrie([.. firstChild], [.. labels], [.. ids]);
    }

    /// <summary>The node one byte further, or <see cref="None"/>.</summary>
    internal int Next(int node, byte label)
    {
        var start = _firstChild[node];
        var index = _labels.AsSpan(start, _firstChild[node + 1] - start).IndexOf(label);
        return index < 0 ? None : start + index;
    }

    /// <summary>The node some bytes further, or <see cref="None"/>.</summary>
    internal int Walk(int node, ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length && node != None; i++)
            node = Next(node, text[i]);
        return node;
    }

    /// <summary>The id of the string that ends at a node, or <see cref="None"/>.</summary>
    internal int GetId(int node) => node == None ? None : _ids[node];

    /// <summary>The id of a string, or <see cref="None"/>.</summary>
    internal int Find(ReadOnlySpan<byte> text) => GetId(Walk(Root, text));

    /// <summary>The length of the longest string a text begins with, and its id; 0 where there is none.</summary>
    internal int MatchLongest(ReadOnlySpan<byte> text, out int id)
    {
        id = None;
        var length = 0;
        var node = Root;
        for (var i = 0; i < text.Length && (node = Next(node, text[i])) != None; i++)
        {
            if (_ids[node] == None)
                continue;
            id = _ids[node];
            length = i + 1;
        }

        return length;
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        internal static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
