namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows of shards drawn at random: those with the smallest <see cref="RowKey"/>. The sample of several parts' samples is that of all their rows, so it does not depend on how they were divided.
/// </summary>
internal sealed class BankSample(int capacity)
{
    private readonly List<Entry> _entries = [];
    private ulong _limit = ulong.MaxValue;

    /// <summary>How many rows it holds at most.</summary>
    internal int Capacity => capacity;

    /// <summary>The rows by their number, then by shard and row.</summary>
    internal IReadOnlyList<Entry> Entries
    {
        get
        {
            Prune();
            return _entries;
        }
    }

    /// <summary>Takes a row of each modality, where it is drawn and all of them can be used.</summary>
    /// <param name="key">The shard's.</param>
    /// <param name="number">The number of the row in the shard.</param>
    /// <param name="group">The modalities.</param>
    /// <param name="rows">Rows of each, one behind the other.</param>
    /// <param name="at">Which of them.</param>
    /// <param name="normalize">Whether to take unit vectors.</param>
    internal void Offer(RowKey key, long number, ShardGroup group, float[][] rows, int at, bool normalize)
    {
        if (capacity == 0 || key.Get(number) is var place && place > _limit)
            return;
        var values = new float[rows.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = rows[i].AsSpan(at * group.Dimensions[i], group.Dimensions[i]).ToArray();
            if (RowDefects.Find(values[i], zeroNormIsDefect: normalize) != RowDefect.None)
                return;
            if (normalize)
                RowKernels.Normalize(values[i], values[i]);
        }

        Add(new Entry(place, key.Shard, number, values));
    }

    internal void Add(Entry entry)
    {
        if (capacity == 0 || entry.Key > _limit)
            return;
        _entries.Add(entry);
        if (_entries.Count >= 2L * capacity + 64)
            Prune();
    }

    private void Prune()
    {
        _entries.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : string.CompareOrdinal(a.Shard, b.Shard) is var order and not 0 ? order : a.Row.CompareTo(b.Row));
        if (_entries.Count <= capacity)
            return;
        _entries.RemoveRange(capacity, _entries.Count - capacity);
        _limit = _entries[^1].Key;
    }

    /// <param name="Key">Its number.</param>
    /// <param name="Shard">The key of its shard.</param>
    /// <param name="Row">Its number in the shard.</param>
    /// <param name="Values">The row of each modality.</param>
    internal sealed record Entry(ulong Key, string Shard, long Row, float[][] Values);
}
