namespace Microsoft.ML.ModalityGap;

/// <summary>Byte-pair encoding by ids in O(n log n): the most important merge first, and among equals the leftmost.</summary>
internal sealed class PairMerger
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;

    /// <param name="merges">The merges, the most important first.</param>
    internal PairMerger(ReadOnlySpan<ClipMerge> merges)
    {
        _merges = new Dictionary<(int, int), (int, int)>(merges.Length);
        for (var rank = 0; rank < merges.Length; rank++)
            _merges.Add((merges[rank].Left, merges[rank].Right), (rank, merges[rank].Merged));
    }

    /// <summary>Merges what can be merged.</summary>
    /// <param name="ids">The symbols, none of them negative; overwritten.</param>
    internal int[] Merge(int[] ids)
    {
        // A list linked through positions; a position whose symbol went into its left neighbour is dead.
        const int Dead = -1;
        var next = new int[ids.Length];
        var previous = new int[ids.Length];
        for (var i = 0; i < ids.Length; i++)
            (previous[i], next[i]) = (i - 1, i + 1);

        var queue = new PriorityQueue<int, long>(ids.Length);
        void Enqueue(int position)
        {
            if (position >= 0 && next[position] < ids.Length && _merges.TryGetValue((ids[position], ids[next[position]]), out var merge))
                queue.Enqueue(position, ((long)merge.Rank << 32) | (uint)position);
        }

        for (var i = 0; i < ids.Length; i++)
            Enqueue(i);
        while (queue.TryDequeue(out var position, out var priority))
        {
            // An entry whose pair has changed since is void.
            if (ids[position] == Dead || next[position] >= ids.Length
                || !_merges.TryGetValue((ids[position], ids[next[position]]), out var merge) || merge.Rank != (int)(priority >> 32))
            {
                continue;
            }

            var right = next[position];
            ids[position] = merge.Id;
            ids[right] = Dead;
            next[position] = next[right];
            if (next[position] < ids.Length)
                previous[next[position]] = position;
            Enqueue(previous[position]);
            Enqueue(position);
        }

        return [.. ids.Where(id => id != Dead)];
    }
}
