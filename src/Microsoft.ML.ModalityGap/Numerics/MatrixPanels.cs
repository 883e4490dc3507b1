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
        var vectors = stackalloc float*[count];
        for (var i = 0; i < count; i++)
            vectors[i] = source + i * stride;
        PackVectors(vectors, count, depth, panel, width);
    }

    /// <summary>Packs vectors that lie anywhere: value (i, k) at vectors[i][k].</summary>
    internal static void PackVectors(float** vectors, int count, int depth, float* panel, int width)
    {
        if (count < width)
            new Span<float>(panel, depth * width).Clear();

        var i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 16 <= count; i += 16)
                PackSixteen(vectors + i, depth, panel + i, width);
        }

        if (Avx.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
                PackEight(vectors + i, depth, panel + i, width);
        }

        for (; i + 4 <= count; i += 4)
            PackFour(vectors + i, depth, panel + i, width);
        for (; i < count; i++)
            PackRest(vectors + i, 1, 0, depth, panel + i, width);
    }

    private static void PackSixteen(float** vectors, int depth, float* target, int width)
    {
        var k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            LoadAcross(vectors, k, out Vector512<float> t0, out var t1, out var t2, out var t3);
            t0.Store(target);
            t1.Store(target + width);
            t2.Store(target + 2 * width);
            t3.Store(target + 3 * width);
        }

        PackRest(vectors, 16, k, depth, target, width);
    }

    private static void PackEight(float** vectors, int depth, float* target, int width)
    {
        var k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            LoadAcross(vectors, k, out Vector256<float> t0, out var t1, out var t2, out var t3);
            t0.Store(target);
            t1.Store(target + width);
            t2.Store(target + 2 * width);
            t3.Store(target + 3 * width);
        }

        PackRest(vectors, 8, k, depth, target, width);
    }

    private static void PackFour(float** vectors, int depth, float* target, int width)
    {
        var k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            LoadAcross(vectors, k, out Vector128<float> t0, out var t1, out var t2, out var t3);
            t0.Store(target);
            t1.Store(target + width);
            t2.Store(target + 2 * width);
            t3.Store(target + 3 * width);
        }

        PackRest(vectors, 4, k, depth, target, width);
    }

    private static void PackRest(float** vectors, int count, int first, int depth, float* target, int width)
    {
        for (var k = first; k < depth; k++, target += width)
        {
            for (var i = 0; i < count; i++)
                target[i] = vectors[i][k];
        }
    }

    /// <summary>The values k … k+3 of four vectors, a step of k each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void LoadAcross(float** vectors, int k, out Vector128<float> c0, out Vector128<float> c1, out Vector128<float> c2, out Vector128<float> c3) =>
        Transpose(Vector128.Load(vectors[0] + k), Vector128.Load(vectors[1] + k), Vector128.Load(vectors[2] + k), Vector128.Load(vectors[3] + k), out c0, out c1, out c2, out c3);

    /// <summary>The same of eight vectors: the two lanes of 128 bits are transposed each for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void LoadAcross(float** vectors, int k, out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        var (r0, r1) = (LoadLanes256(vectors, k), LoadLanes256(vectors + 1, k));
        var (r2, r3) = (LoadLanes256(vectors + 2, k), LoadLanes256(vectors + 3, k));
        var (low01, high01) = (Avx.UnpackLow(r0, r1).AsDouble(), Avx.UnpackHigh(r0, r1).AsDouble());
        var (low23, high23) = (Avx.UnpackLow(r2, r3).AsDouble(), Avx.UnpackHigh(r2, r3).AsDouble());
        c0 = Avx.UnpackLow(low01, low23).AsSingle();
        c1 = Avx.UnpackHigh(low01, low23).AsSingle();
        c2 = Avx.UnpackLow(high01, high23).AsSingle();
        c3 = Avx.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>The same of sixteen, in four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void LoadAcross(float** vectors, int k, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3)
    {
        var (r0, r1) = (LoadLanes512(vectors, k), LoadLanes512(vectors + 1, k));
        var (r2, r3) = (LoadLanes512(vectors + 2, k), LoadLanes512(vectors + 3, k));
        var (low01, high01) = (Avx512F.UnpackLow(r0, r1).AsDouble(), Avx512F.UnpackHigh(r0, r1).AsDouble());
        var (low23, high23) = (Avx512F.UnpackLow(r2, r3).AsDouble(), Avx512F.UnpackHigh(r2, r3).AsDouble());
        c0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        c1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        c2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        c3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadLanes256(float** vectors, int k) => Vector256.Create(Vector128.Load(vectors[0] + k), Vector128.Load(vectors[4] + k));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LoadLanes512(float** vectors, int k) => Vector512.Create(LoadLanes256(vectors, k), LoadLanes256(vectors + 8, k));

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
