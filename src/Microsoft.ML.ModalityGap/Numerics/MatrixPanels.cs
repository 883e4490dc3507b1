using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Packs pieces of matrices into panels, the order in which <see cref="MatrixTile"/> reads them: <c>width</c> values per step of k, one per row (left matrix)
/// or column (right matrix) of the product. Where there are fewer, the rest is zero.
/// </summary>
internal static unsafe class MatrixPanels
{
    /// <summary>Packs vectors that lie along memory: value (i, k) at source[i·stride + k].</summary>
    internal static void PackVectors(float* source, nint stride, int count, int depth, float* panel, int width)
    {
        if (count < width)
            new Span<float>(panel, depth * width).Clear();

        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            var v0 = source + i * stride;
            PackFour(v0, v0 + stride, v0 + 2 * stride, v0 + 3 * stride, depth, panel + i, width);
        }

        for (; i < count; i++)
            PackOne(source + i * stride, depth, panel + i, width);
    }

    /// <summary>Packs vectors that lie anywhere: value (i, k) at vectors[i][k].</summary>
    internal static void PackVectors(float** vectors, int count, int depth, float* panel, int width)
    {
        if (count < width)
            new Span<float>(panel, depth * width).Clear();

        var i = 0;
        for (; i + 4 <= count; i += 4)
            PackFour(vectors[i], vectors[i + 1], vectors[i + 2], vectors[i + 3], depth, panel + i, width);
        for (; i < count; i++)
            PackOne(vectors[i], depth, panel + i, width);
    }

    private static void PackFour(float* v0, float* v1, float* v2, float* v3, int depth, float* target, int width)
    {
        var k = 0;
        for (; k + 4 <= depth; k += 4)
        {
            Transpose(Vector128.Load(v0 + k), Vector128.Load(v1 + k), Vector128.Load(v2 + k), Vector128.Load(v3 + k), out var t0, out var t1, out var t2, out var t3);
            t0.Store(target);
            t1.Store(target + width);
            t2.Store(target + 2 * width);
            t3.Store(target + 3 * width);
            target += 4 * width;
        }

        for (; k < depth; k++, target += width)
            Vector128.Create(v0[k], v1[k], v2[k], v3[k]).Store(target);
    }

    private static void PackOne(float* vector, int depth, float* target, int width)
    {
        for (var k = 0; k < depth; k++)
            target[k * width] = vector[k];
    }

    /// <summary>Packs vectors that lie across memory: value (i, k) at source[k·stride + i].</summary>
    internal static void PackAcross(float* source, nint stride, int count, int depth, float* panel, int width)
    {
        for (var k = 0; k < depth; k++)
        {
            var target = new Span<float>(panel + (nint)k * width, width);
            new ReadOnlySpan<float>(source + k * stride, count).CopyTo(target);
            target[count..].Clear();
        }
    }

    /// <summary>Four columns of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transpose(
        Vector128<float> r0, Vector128<float> r1, Vector128<float> r2, Vector128<float> r3,
        out Vector128<float> c0, out Vector128<float> c1, out Vector128<float> c2, out Vector128<float> c3)
    {
        if (Sse.IsSupported)
        {
            var (low01, high01) = (Sse.UnpackLow(r0, r1), Sse.UnpackHigh(r0, r1));
            var (low23, high23) = (Sse.UnpackLow(r2, r3), Sse.UnpackHigh(r2, r3));
            c0 = Sse.MoveLowToHigh(low01, low23);
            c1 = Sse.MoveHighToLow(low23, low01);
            c2 = Sse.MoveLowToHigh(high01, high23);
            c3 = Sse.MoveHighToLow(high23, high01);
        }
        else if (AdvSimd.Arm64.IsSupported)
        {
            var (low01, high01) = (AdvSimd.Arm64.ZipLow(r0, r1).AsDouble(), AdvSimd.Arm64.ZipHigh(r0, r1).AsDouble());
            var (low23, high23) = (AdvSimd.Arm64.ZipLow(r2, r3).AsDouble(), AdvSimd.Arm64.ZipHigh(r2, r3).AsDouble());
            c0 = AdvSimd.Arm64.ZipLow(low01, low23).AsSingle();
            c1 = AdvSimd.Arm64.ZipHigh(low01, low23).AsSingle();
            c2 = AdvSimd.Arm64.ZipLow(high01, high23).AsSingle();
            c3 = AdvSimd.Arm64.ZipHigh(high01, high23).AsSingle();
        }
        else
        {
            c0 = Vector128.Create(r0[0], r1[0], r2[0], r3[0]);
            c1 = Vector128.Create(r0[1], r1[1], r2[1], r3[1]);
            c2 = Vector128.Create(r0[2], r1[2], r2[2], r3[2]);
            c3 = Vector128.Create(r0[3], r1[3], r2[3], r3[3]);
        }
    }
}
