using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>The mean of the largest of some values, without sorting them.</summary>
internal static class LargestValues
{
    /// <summary>The mean of the largest; of equal ones as many as there is room for.</summary>
    /// <param name="values">No NaN among them.</param>
    /// <param name="count">How many are the largest; from 1 to the number of values.</param>
    /// <param name="scratch">As long as <paramref name="values"/>; is overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs for a second at most; the first tier would take most of it
    internal static double Mean(ReadOnlySpan<float> values, int count, Span<int> scratch)
    {
        // Whole numbers in the order of the floats, of which the one that so many are not below is found by halves.
        var keys = scratch[..values.Length];
        var bits = MemoryMarshal.Cast<float, int>(values);
        var (low, high) = (int.MaxValue, int.MinValue);
        for (var i = 0; i < keys.Length; i++)
        {
            var key = bits[i] ^ ((bits[i] >> 31) & int.MaxValue);
            keys[i] = key;
            (low, high) = (Math.Min(low, key), Math.Max(high, key));
        }

        while (low < high)
        {
            var middle = (int)(low + ((long)high - low + 1) / 2);
            if (CountFrom(keys, middle) >= count)
                low = middle;
            else
                high = middle - 1;
        }

        var (sum, above) = (0.0, 0);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] > low)
            {
                sum += values[i];
                above++;
            }
        }

        var limit = BitConverter.Int32BitsToSingle(low ^ ((low >> 31) & int.MaxValue));
        return (sum + (count - above) * (double)limit) / count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int CountFrom(ReadOnlySpan<int> keys, int limit)
    {
        var (reached, at, limits) = (Vector256<int>.Zero, 0, Vector256.Create(limit)); // a comparison yields −1 where it holds
        for (; at + Vector256<int>.Count <= keys.Length; at += Vector256<int>.Count)
            reached += Vector256.GreaterThanOrEqual(Vector256.Create(keys[at..]), limits);
        var count = -Vector256.Sum(reached);
        for (; at < keys.Length; at++)
            count += keys[at] >= limit ? 1 : 0;
        return count;
    }
}
