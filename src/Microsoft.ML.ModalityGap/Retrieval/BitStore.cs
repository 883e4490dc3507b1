using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The sign bits of rows behind a centre and a rotation, and which rows have the fewest bits that differ from a query's. Of unit vectors the share of bits that differ is about the angle between them over π.
/// </summary>
/// <remarks>
/// <para>The centre is the mean of the first 2^m rows, as many as there are of them; the rotation, signs and Walsh-Hadamard transforms by turns, spreads what stands in few dimensions over all. So bits are a function of the rows
/// alone, whatever order they were added, saved and removed in, and most additions change none that are there.</para>
/// <para>There are 256 bits at least, else the next power of two of the dimensions. They are made by the first search that needs them.</para>
/// </remarks>
internal sealed class BitStore
{
    private const int MinimumBits = 256;
    private const int Rotations = 2;
    private const ulong Seed = 0x5164_6E42;

    // Rows whose bits stay near the core while a group of queries goes over them.
    private const int BlockRows = 512;
    private const int GroupQueries = 16;
    private const int CodedAtOnce = 256;

    private readonly int _dimension;
    private readonly int _bits;
    private readonly int _words;
    private readonly float[][] _signs;
    private readonly float[] _center;
    private readonly Lock _gate = new();
    private ulong[] _rows = [];
    private int _centerRows;
    private int _coded;

    internal BitStore(int dimension)
    {
        _dimension = dimension;
        _bits = Math.Max(MinimumBits, (int)BitOperations.RoundUpToPowerOf2((uint)dimension));
        _words = _bits / 64;
        _center = new float[dimension];
        _signs = new float[Rotations][];
        for (var i = 0; i < Rotations; i++)
            _signs[i] = [.. Enumerable.Range(0, _bits).Select(bit => (SplitMix64.Mix(Seed + (ulong)(i * _bits + bit)) & 1) == 0 ? 1f : -1f)];
    }

    /// <summary>Bits of a row.</summary>
    internal int Bits => _bits;

    /// <summary>Forgets the bits, where rows changed or moved.</summary>
    internal void Clear() => (_centerRows, _coded) = (0, 0);

    /// <summary>The rows whose bits are nearest to a query's, of equally near ones the first.</summary>
    /// <param name="rows">The rows, of which bits are made where there are none yet.</param>
    /// <param name="queries">Unit vectors, one behind the other.</param>
    /// <param name="count">How many rows of each, at least 1.</param>
    /// <param name="allowed">The rows that may be found; <see langword="null"/> for all.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use; the result does not depend on it.</param>
    /// <returns>Per query the positions, nearest first.</returns>
    internal int[][] FindNearest(PanelStore rows, ReadOnlySpan<float> queries, int count, bool[]? allowed, int maxDegreeOfParallelism)
    {
        Refresh(rows, maxDegreeOfParallelism);
        var asked = queries.Length / _dimension;
        var codes = new ulong[asked * _words];
        var work = new float[_bits];
        for (var query = 0; query < asked; query++)
            Encode(queries.Slice(query * _dimension, _dimension), work, codes.AsSpan(query * _words, _words));

        var threads = maxDegreeOfParallelism > 0 ? maxDegreeOfParallelism : ParallelFor.AvailableThreads;
        var groups = (asked + GroupQueries - 1) / GroupQueries;

        // Few queries share out the rows, in parts that are put together in their order.
        var parts = groups >= 2 * threads ? 1 : Math.Clamp(rows.Count / (4 * BlockRows), 1, threads);
        var found = new NearestBits[asked * parts];
        ParallelFor.Run(groups * parts, threads, item =>
        {
            var (first, part) = (item / parts * GroupQueries, item % parts);
            var end = Math.Min(asked, first + GroupQueries);
            for (var query = first; query < end; query++)
                found[query * parts + part] = new NearestBits(count, _bits);
            Span<int> distances = stackalloc int[BlockRows];
            var endRow = (int)((long)rows.Count * (part + 1) / parts);
            for (var row = (int)((long)rows.Count * part / parts); row < endRow; row += BlockRows)
            {
                var block = distances[..Math.Min(BlockRows, endRow - row)];
                for (var query = first; query < end; query++)
                {
                    BitDistances.Measure(codes.AsSpan(query * _words, _words), _rows.AsSpan(row * _words, block.Length * _words), block);
                    found[query * parts + part].Add(block, row, allowed);
                }
            }
        });
        return [.. Enumerable.Range(0, asked).Select(query => NearestBits.Merge(found.AsSpan(query * parts, parts), count))];
    }

    /// <summary>Makes bits of rows that have none.</summary>
    private void Refresh(PanelStore rows, int maxDegreeOfParallelism)
    {
        lock (_gate)
        {
            if (_coded == rows.Count)
                return;
            var centerRows = (int)(BitOperations.RoundUpToPowerOf2((uint)rows.Count + 1) / 2);
            if (centerRows != _centerRows)
            {
                FindCenter(rows, centerRows);
                (_centerRows, _coded) = (centerRows, 0);
            }

            if (_rows.Length < rows.Count * (long)_words)
                Array.Resize(ref _rows, checked((int)BitOperations.RoundUpToPowerOf2((uint)rows.Count) * _words));
            var (first, pieces) = (_coded, (rows.Count - _coded + CodedAtOnce - 1) / CodedAtOnce);
            ParallelFor.Run(pieces, maxDegreeOfParallelism, piece =>
            {
                var (row, work) = (new float[_dimension], new float[_bits]);
                for (var position = first + piece * CodedAtOnce; position < Math.Min(rows.Count, first + (piece + 1) * CodedAtOnce); position++)
                {
                    rows.Read(position, row);
                    Encode(row, work, _rows.AsSpan(position * _words, _words));
                }
            });
            _coded = rows.Count;
        }
    }

    private void FindCenter(PanelStore rows, int count)
    {
        var (row, sums) = (new float[_dimension], new double[_dimension]);
        for (var position = 0; position < count; position++)
        {
            rows.Read(position, row);
            for (var i = 0; i < row.Length; i++)
                sums[i] += row[i];
        }

        for (var i = 0; i < sums.Length; i++)
            _center[i] = (float)(sums[i] / count);
    }

    private void Encode(ReadOnlySpan<float> row, Span<float> work, Span<ulong> code)
    {
        TensorPrimitives.Subtract(row, _center, work);
        work[_dimension..].Clear();
        foreach (var signs in _signs)
        {
            TensorPrimitives.Multiply(work, signs, work);
            Transform(work);
        }

        code.Clear();
        for (var bit = 0; bit < _bits; bit += Vector256<float>.Count)
            code[bit >> 6] |= (ulong)Vector256.Create<float>(work.Slice(bit, Vector256<float>.Count)).ExtractMostSignificantBits() << bit;
    }

    /// <summary>The Walsh-Hadamard transform, up to a factor.</summary>
    private static void Transform(Span<float> values)
    {
        for (var half = 1; half < values.Length; half *= 2)
        {
            for (var first = 0; first < values.Length; first += 2 * half)
            {
                var (low, high) = (first, first + half);
                var i = 0;
                for (; i + Vector<float>.Count <= half; i += Vector<float>.Count)
                {
                    var (x, y) = (new Vector<float>(values[(low + i)..]), new Vector<float>(values[(high + i)..]));
                    (x + y).CopyTo(values[(low + i)..]);
                    (x - y).CopyTo(values[(high + i)..]);
                }

                for (; i < half; i++)
                    (values[low + i], values[high + i]) = (values[low + i] + values[high + i], values[low + i] - values[high + i]);
            }
        }
    }
}
