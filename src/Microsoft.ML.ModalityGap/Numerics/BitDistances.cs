using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>How many bits of codes differ.</summary>
/// <remarks>.NET 10 has no counting of bits in vectors (AVX-512 VPOPCNTDQ); the scalar instruction counts a word at a time.</remarks>
internal static class BitDistances
{
    private const int CommonWords = 8;

    /// <summary>The bits of each row that differ from a query's.</summary>
    /// <param name="query">The query's words.</param>
    /// <param name="rows">The rows' words, as many each, one row behind the other.</param>
    /// <param name="distances">Receives a number per row.</param>
    internal static void Measure(ReadOnlySpan<ulong> query, ReadOnlySpan<ulong> rows, Span<int> distances)
    {
        if (rows.Length != (long)query.Length * distances.Length)
            throw new ArgumentException($"{distances.Length} rows of {query.Length} words are expected, but {rows.Length} words were given.", nameof(rows));
        if (query.Length == CommonWords)
            MeasureEight(query, rows, distances);
        else
            MeasureAny(query, rows, distances);
    }

    /// <summary>512 bits, the most common number: the query stays in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MeasureEight(ReadOnlySpan<ulong> query, ReadOnlySpan<ulong> rows, Span<int> distances)
    {
        var (q0, q1, q2, q3, q4, q5, q6, q7) = (query[0], query[1], query[2], query[3], query[4], query[5], query[6], query[7]);
        ref var row = ref MemoryMarshal.GetReference(rows);
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] =
                BitOperations.PopCount(row ^ q0) + BitOperations.PopCount(Unsafe.Add(ref row, 1) ^ q1) + BitOperations.PopCount(Unsafe.Add(ref row, 2) ^ q2) + BitOperations.PopCount(Unsafe.Add(ref row, 3) ^ q3)
                + BitOperations.PopCount(Unsafe.Add(ref row, 4) ^ q4) + BitOperations.PopCount(Unsafe.Add(ref row, 5) ^ q5) + BitOperations.PopCount(Unsafe.Add(ref row, 6) ^ q6) + BitOperations.PopCount(Unsafe.Add(ref row, 7) ^ q7);
            row = ref Unsafe.Add(ref row, CommonWords);
        }
    }

    private static void MeasureAny(ReadOnlySpan<ulong> query, ReadOnlySpan<ulong> rows, Span<int> distances)
    {
        for (var i = 0; i < distances.Length; i++)
        {
            var row = rows.Slice(i * query.Length, query.Length);
            var sum = 0;
            for (var word = 0; word < row.Length; word++)
                sum += BitOperations.PopCount(row[word] ^ query[word]);
            distances[i] = sum;
        }
    }
}
