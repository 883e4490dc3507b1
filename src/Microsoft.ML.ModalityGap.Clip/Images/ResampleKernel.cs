using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The two passes of a separable resize over interleaved pixels of four bytes. Both compute clamp((Σ weight·byte + ½) &gt;&gt; 22) in exact integers, so every implementation gives the same bytes.
/// </summary>
/// <remarks>
/// With AVX2, products are of 16 bits: a weight is high·2¹⁵ + low (see <see cref="ResampleWeights"/>), and two taps go into one multiply-add. The sums of the low parts may wrap around in 32
/// bits; the whole sum fits, so it comes out right. Elsewhere products are of 32 bits.
/// </remarks>
internal static unsafe class ResampleKernel
{
    /// <summary>Rows begin at multiples of this many bytes, so that the vertical pass needs no remainder.</summary>
    internal const int RowAlignment = 32;

    private const int PixelBytes = 4;
    private const int Half = 1 << (ResampleWeights.PrecisionBits - 1);

    internal static bool UsesAvx2 => Avx2.IsSupported;

    internal static int GetStride(int pixels) => (pixels * PixelBytes + RowAlignment - 1) / RowAlignment * RowAlignment;

    /// <summary>Resizes rows to <see cref="ResampleWeights.Count"/> pixels each.</summary>
    /// <param name="source">The first row; rows are of <paramref name="sourceStride"/> bytes and hold at least <see cref="ResampleWeights.Taps"/> pixels.</param>
    /// <param name="sourceStride">Bytes from row to row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="weights">The horizontal weights.</param>
    /// <param name="destination">The resized rows, each of <see cref="GetStride"/> bytes.</param>
    /// <param name="avx2">Whether to use AVX2.</param>
    internal static void ResizeRows(byte* source, int sourceStride, int rows, ResampleWeights weights, byte* destination, bool avx2)
    {
        var stride = GetStride(weights.Count);
        for (var row = 0; row < rows; row += 2)
        {
            // An odd last row is done twice, which is simpler than a kernel for one.
            var next = Math.Min(row + 1, rows - 1);
            var first = source + (long)row * sourceStride;
            var second = source + (long)next * sourceStride;
            var firstResized = destination + (long)row * stride;
            var secondResized = destination + (long)next * stride;
            if (avx2)
            {
                ResizeTwoRowsAvx2(first, second, weights, firstResized, secondResized);
            }
            else
            {
                ResizeRow(first, weights, firstResized);
                ResizeRow(second, weights, secondResized);
            }
        }
    }

    /// <summary>Makes one row of a column-wise resize out of rows of <paramref name="stride"/> bytes, a multiple of <see cref="RowAlignment"/>.</summary>
    /// <param name="source">The source row <see cref="ResampleWeights.SourceFirst"/>; <see cref="ResampleWeights.SourceCount"/> rows are there.</param>
    /// <param name="stride">Bytes from row to row, in the source and in the destination.</param>
    /// <param name="weights">The vertical weights.</param>
    /// <param name="row">Which resized row.</param>
    /// <param name="destination">The row made.</param>
    /// <param name="avx2">Whether to use AVX2.</param>
    internal static void CombineRows(byte* source, int stride, ResampleWeights weights, int row, byte* destination, bool avx2)
    {
        // Taps that are only padding may point beyond the last row.
        var rows = stackalloc byte*[weights.Taps <= 256 ? weights.Taps : 0];
        var many = weights.Taps <= 256 ? null : new nint[weights.Taps];
        fixed (nint* heap = many)
        {
            var taps = many is null ? rows : (byte**)heap;
            for (var tap = 0; tap < weights.Taps; tap++)
            {
                var index = Math.Min(weights.Starts[row] - weights.SourceFirst + tap, weights.SourceCount - 1);
                taps[tap] = source + (long)index * stride;
            }

            if (avx2)
                CombineRowsAvx2(taps, stride, weights, row, destination);
            else
                CombineRowsPortable(taps, stride, weights, row, destination);
        }
    }

    private static void ResizeTwoRowsAvx2(byte* first, byte* second, ResampleWeights weights, byte* firstResized, byte* secondResized)
    {
        // One lane per row. Two neighbouring pixels become pairs of 16 bits: red red, green green, blue blue, alpha alpha.
        const byte O = 0x80;
        var pixels01 = Vector256.Create(
            0, O, 4, O, 1, O, 5, O, 2, O, 6, O, 3, O, 7, O,
            0, O, 4, O, 1, O, 5, O, 2, O, 6, O, 3, O, 7, O);
        var pixels23 = Vector256.Create(
            8, O, 12, O, 9, O, 13, O, 10, O, 14, O, 11, O, 15, O,
            8, O, 12, O, 9, O, 13, O, 10, O, 14, O, 11, O, 15, O);
        var half = Vector256.Create(Half);
        var (taps, count) = (weights.Taps, weights.Count);
        fixed (int* packed = weights.Packed, starts = weights.Starts)
        {
            var weight = packed;
            for (var x = 0; x < count; x++)
            {
                var offset = (long)starts[x] * PixelBytes;
                var high = Vector256<int>.Zero;
                var low = half;
                for (var tap = 0; tap < taps; tap += 4, weight += 4)
                {
                    var bytes = Vector256.Create(Vector128.Load(first + offset + tap * PixelBytes), Vector128.Load(second + offset + tap * PixelBytes));
                    var pair = Avx2.Shuffle(bytes, pixels01).AsInt16();
                    high += Avx2.MultiplyAddAdjacent(pair, Vector256.Create(weight[0]).AsInt16());
                    low += Avx2.MultiplyAddAdjacent(pair, Vector256.Create(weight[1]).AsInt16());
                    pair = Avx2.Shuffle(bytes, pixels23).AsInt16();
                    high += Avx2.MultiplyAddAdjacent(pair, Vector256.Create(weight[2]).AsInt16());
                    low += Avx2.MultiplyAddAdjacent(pair, Vector256.Create(weight[3]).AsInt16());
                }

                var sum = ((high << ResampleWeights.LowBits) + low) >> ResampleWeights.PrecisionBits;
                var words = Avx2.PackSignedSaturate(sum, sum);
                var result = Avx2.PackUnsignedSaturate(words, words).AsUInt32();
                ((uint*)firstResized)[x] = result.GetElement(0);
                ((uint*)secondResized)[x] = result.GetElement(4);
            }
        }
    }

    private static void ResizeRow(byte* source, ResampleWeights weights, byte* destination)
    {
        var taps = weights.Taps;
        fixed (int* values = weights.Values, starts = weights.Starts)
        {
            var weight = values;
            for (var x = 0; x < weights.Count; x++)
            {
                var pixel = (uint*)source + starts[x];
                var sum = Vector128.Create(Half);
                for (var tap = 0; tap < taps; tap++)
                    sum += Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel[tap]).AsByte())).AsInt32() * *weight++;
                ((uint*)destination)[x] = Narrow(sum, sum, sum, sum).AsUInt32().ToScalar();
            }
        }
    }

    private static void CombineRowsAvx2(byte** rows, int stride, ResampleWeights weights, int row, byte* destination)
    {
        var taps = weights.Taps;
        var half = Vector256.Create(Half);
        fixed (int* packed = &weights.Packed[row * taps])
        {
            for (var offset = 0; offset < stride; offset += RowAlignment)
            {
                Vector256<int> high0 = default, high1 = default, high2 = default, high3 = default;
                Vector256<int> low0 = half, low1 = half, low2 = half, low3 = half;
                for (var tap = 0; tap < taps; tap += 2)
                {
                    var (first, second) = (Vector256.Load(rows[tap] + offset), Vector256.Load(rows[tap + 1] + offset));
                    var high = Vector256.Create(packed[tap]).AsInt16();
                    var low = Vector256.Create(packed[tap + 1]).AsInt16();
                    var pairs = Avx2.UnpackLow(first, second);
                    var words = Avx2.UnpackLow(pairs, Vector256<byte>.Zero).AsInt16();
                    high0 += Avx2.MultiplyAddAdjacent(words, high);
                    low0 += Avx2.MultiplyAddAdjacent(words, low);
                    words = Avx2.UnpackHigh(pairs, Vector256<byte>.Zero).AsInt16();
                    high1 += Avx2.MultiplyAddAdjacent(words, high);
                    low1 += Avx2.MultiplyAddAdjacent(words, low);
                    pairs = Avx2.UnpackHigh(first, second);
                    words = Avx2.UnpackLow(pairs, Vector256<byte>.Zero).AsInt16();
                    high2 += Avx2.MultiplyAddAdjacent(words, high);
                    low2 += Avx2.MultiplyAddAdjacent(words, low);
                    words = Avx2.UnpackHigh(pairs, Vector256<byte>.Zero).AsInt16();
                    high3 += Avx2.MultiplyAddAdjacent(words, high);
                    low3 += Avx2.MultiplyAddAdjacent(words, low);
                }

                // Unpacking and packing both stay within lanes, so the bytes are in order again.
                var lower = Avx2.PackSignedSaturate(Finish(high0, low0), Finish(high1, low1));
                var upper = Avx2.PackSignedSaturate(Finish(high2, low2), Finish(high3, low3));
                Avx2.PackUnsignedSaturate(lower, upper).Store(destination + offset);
            }
        }

        static Vector256<int> Finish(Vector256<int> high, Vector256<int> low) => ((high << ResampleWeights.LowBits) + low) >> ResampleWeights.PrecisionBits;
    }

    private static void CombineRowsPortable(byte** rows, int stride, ResampleWeights weights, int row, byte* destination)
    {
        var taps = weights.Taps;
        var half = Vector128.Create(Half);
        fixed (int* values = &weights.Values[row * taps])
        {
            for (var offset = 0; offset < stride; offset += Vector128<byte>.Count)
            {
                Vector128<int> sum0 = half, sum1 = half, sum2 = half, sum3 = half;
                for (var tap = 0; tap < taps; tap++)
                {
                    var (lower, upper) = Vector128.Widen(Vector128.Load(rows[tap] + offset));
                    var (bytes0, bytes1) = Vector128.Widen(lower);
                    var (bytes2, bytes3) = Vector128.Widen(upper);
                    sum0 += bytes0.AsInt32() * values[tap];
                    sum1 += bytes1.AsInt32() * values[tap];
                    sum2 += bytes2.AsInt32() * values[tap];
                    sum3 += bytes3.AsInt32() * values[tap];
                }

                Narrow(sum0, sum1, sum2, sum3).Store(destination + offset);
            }
        }
    }

    private static Vector128<byte> Narrow(Vector128<int> sum0, Vector128<int> sum1, Vector128<int> sum2, Vector128<int> sum3) =>
        Vector128.Narrow(
            Vector128.Narrow(Clamp(sum0), Clamp(sum1)),
            Vector128.Narrow(Clamp(sum2), Clamp(sum3)));

    private static Vector128<uint> Clamp(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> ResampleWeights.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255)).AsUInt32();
}
