using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A seeded shuffle of the numbers 0 to N−1 that is computed, not stored: so a random part of exactly so many rows can be told from a file of any length.
/// </summary>
/// <remarks>
/// A Feistel network permutes the 4^h ≥ N numbers of 2h bits; a number that falls outside 0 to N−1 is permuted again until it falls inside, which
/// leaves a permutation of those (Black and Rogaway, 2002). 4^h is below 4N, so four turns are enough on average.
/// </remarks>
internal sealed class RowPermutation
{
    private const int Rounds = 6;

    private readonly long _count;
    private readonly int _halfBits;
    private readonly ulong[] _keys;

    internal RowPermutation(long count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _count = count;
        var bits = 64 - BitOperations.LeadingZeroCount((ulong)count - 1);
        _halfBits = Math.Max(1, (bits + 1) / 2);
        _keys = new ulong[Rounds];
        for (var i = 0; i < Rounds; i++)
            _keys[i] = SplitMix64.Mix(unchecked((ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)i + 1));
    }

    /// <summary>Where the shuffle puts a number.</summary>
    internal long Apply(long value)
    {
        var result = (ulong)value;
        do
            result = ApplyOnce(result);
        while (result >= (ulong)_count);
        return (long)result;
    }

    private ulong ApplyOnce(ulong value)
    {
        var mask = (1UL << _halfBits) - 1;
        var (left, right) = (value >> _halfBits, value & mask);
        foreach (var key in _keys)
            (left, right) = (right, left ^ (SplitMix64.Mix(right ^ key) & mask));
        return (left << _halfBits) | right;
    }
}
