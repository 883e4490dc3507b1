namespace Microsoft.ML.ModalityGap;

/// <summary>The rows with the smallest distances to a query, of equal ones those that came first. Distances are small whole numbers, so how many there are of each says which can still be among them.</summary>
/// <param name="count">How many rows are wanted.</param>
/// <param name="largest">The largest distance there can be.</param>
internal sealed class NearestBits(int count, int largest)
{
    private readonly int[] _counts = new int[largest + 1];
    private ulong[] _kept = new ulong[Math.Min(4 * (long)count, 4096)];
    private int _length;
    private int _live; // of those kept, the ones at or below the limit
    private int _limit = largest;

    /// <summary>Takes rows, one behind the other, behind all that came before.</summary>
    /// <param name="distances">Their distances.</param>
    /// <param name="first">The position of the first.</param>
    /// <param name="allowed">The rows that may be kept; <see langword="null"/> for all.</param>
    internal void Add(ReadOnlySpan<int> distances, int first, bool[]? allowed)
    {
        for (var i = 0; i < distances.Length; i++)
        {
            var distance = distances[i];
            if (distance > _limit || (distance == _limit && _live >= count) || allowed?[first + i] == false)
                continue;
            if (_length == _kept.Length)
                MakeRoom();
            _kept[_length++] = (ulong)distance << 32 | (uint)(first + i);
            _counts[distance]++;
            _live++;
            while (_live - _counts[_limit] >= count)
                _live -= _counts[_limit--];
        }
    }

    /// <summary>The nearest of rows that were shared out.</summary>
    internal static int[] Merge(ReadOnlySpan<NearestBits> parts, int count)
    {
        var all = new List<ulong>();
        foreach (var part in parts)
        {
            part.Drop();
            all.AddRange(part._kept.AsSpan(0, part._length));
        }

        all.Sort();
        return [.. all.Take(count).Select(entry => (int)(uint)entry)];
    }

    private void MakeRoom()
    {
        Drop();
        if (_length > _kept.Length / 2)
            Array.Resize(ref _kept, 2 * _kept.Length);
    }

    /// <summary>Lets go of what is beyond the limit by now.</summary>
    private void Drop()
    {
        var length = 0;
        for (var i = 0; i < _length; i++)
        {
            if ((int)(_kept[i] >> 32) <= _limit)
                _kept[length++] = _kept[i];
        }

        _length = length;
    }
}
