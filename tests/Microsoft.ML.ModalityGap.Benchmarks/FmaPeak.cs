using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Multiply-adds in registers alone, on every core: the most the vector units can do, against which the matrix product is held.</summary>
internal static class FmaPeak
{
    // 24 chains of 16 numbers, as many as the product's tile has.
    private const int Chains = 24;

    /// <summary>Runs at least the given number of multiply-adds, shared by the cores.</summary>
    public static float Run(long multiplyAdds)
    {
        var cores = Environment.ProcessorCount;
        var sums = new float[cores];
        var rounds = (multiplyAdds + cores - 1) / cores;
        Parallel.For(0, cores, core => sums[core] = Vector512.IsHardwareAccelerated
            ? Chain512(rounds / (Chains * Vector512<float>.Count))
            : Vector256.IsHardwareAccelerated
            ? Chain256(rounds / (Chains / 2 * Vector256<float>.Count))
            : Chain128(rounds / (Chains / 2 * Vector128<float>.Count)));
        return sums.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain512(long rounds)
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(1e-3f));
        Vector512<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, s10 = x, s11 = x;
        Vector512<float> t0 = x, t1 = x, t2 = x, t3 = x, t4 = x, t5 = x, t6 = x, t7 = x, t8 = x, t9 = x, t10 = x, t11 = x;
        for (; rounds > 0; rounds--)
        {
            s0 = Vector512.FusedMultiplyAdd(s0, x, y);
            s1 = Vector512.FusedMultiplyAdd(s1, x, y);
            s2 = Vector512.FusedMultiplyAdd(s2, x, y);
            s3 = Vector512.FusedMultiplyAdd(s3, x, y);
            s4 = Vector512.FusedMultiplyAdd(s4, x, y);
            s5 = Vector512.FusedMultiplyAdd(s5, x, y);
            s6 = Vector512.FusedMultiplyAdd(s6, x, y);
            s7 = Vector512.FusedMultiplyAdd(s7, x, y);
            s8 = Vector512.FusedMultiplyAdd(s8, x, y);
            s9 = Vector512.FusedMultiplyAdd(s9, x, y);
            s10 = Vector512.FusedMultiplyAdd(s10, x, y);
            s11 = Vector512.FusedMultiplyAdd(s11, x, y);
            t0 = Vector512.FusedMultiplyAdd(t0, x, y);
            t1 = Vector512.FusedMultiplyAdd(t1, x, y);
            t2 = Vector512.FusedMultiplyAdd(t2, x, y);
            t3 = Vector512.FusedMultiplyAdd(t3, x, y);
            t4 = Vector512.FusedMultiplyAdd(t4, x, y);
            t5 = Vector512.FusedMultiplyAdd(t5, x, y);
            t6 = Vector512.FusedMultiplyAdd(t6, x, y);
            t7 = Vector512.FusedMultiplyAdd(t7, x, y);
            t8 = Vector512.FusedMultiplyAdd(t8, x, y);
            t9 = Vector512.FusedMultiplyAdd(t9, x, y);
            t10 = Vector512.FusedMultiplyAdd(t10, x, y);
            t11 = Vector512.FusedMultiplyAdd(t11, x, y);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + t0 + t1 + t2 + t3 + t4 + t5 + t6 + t7 + t8 + t9 + t10 + t11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain256(long rounds)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(1e-3f));
        Vector256<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, s10 = x, s11 = x;
        for (; rounds > 0; rounds--)
        {
            s0 = Vector256.FusedMultiplyAdd(s0, x, y);
            s1 = Vector256.FusedMultiplyAdd(s1, x, y);
            s2 = Vector256.FusedMultiplyAdd(s2, x, y);
            s3 = Vector256.FusedMultiplyAdd(s3, x, y);
            s4 = Vector256.FusedMultiplyAdd(s4, x, y);
            s5 = Vector256.FusedMultiplyAdd(s5, x, y);
            s6 = Vector256.FusedMultiplyAdd(s6, x, y);
            s7 = Vector256.FusedMultiplyAdd(s7, x, y);
            s8 = Vector256.FusedMultiplyAdd(s8, x, y);
            s9 = Vector256.FusedMultiplyAdd(s9, x, y);
            s10 = Vector256.FusedMultiplyAdd(s10, x, y);
            s11 = Vector256.FusedMultiplyAdd(s11, x, y);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    /// <summary>A multiplication and an addition where the machine has not both in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain128(long rounds)
    {
        var (x, y) = (Vector128.Create(0.999f), Vector128.Create(1e-3f));
        Vector128<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, s10 = x, s11 = x;
        for (; rounds > 0; rounds--)
        {
            s0 = Vector128.MultiplyAddEstimate(s0, x, y);
            s1 = Vector128.MultiplyAddEstimate(s1, x, y);
            s2 = Vector128.MultiplyAddEstimate(s2, x, y);
            s3 = Vector128.MultiplyAddEstimate(s3, x, y);
            s4 = Vector128.MultiplyAddEstimate(s4, x, y);
            s5 = Vector128.MultiplyAddEstimate(s5, x, y);
            s6 = Vector128.MultiplyAddEstimate(s6, x, y);
            s7 = Vector128.MultiplyAddEstimate(s7, x, y);
            s8 = Vector128.MultiplyAddEstimate(s8, x, y);
            s9 = Vector128.MultiplyAddEstimate(s9, x, y);
            s10 = Vector128.MultiplyAddEstimate(s10, x, y);
            s11 = Vector128.MultiplyAddEstimate(s11, x, y);
        }

        return Vector128.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }
}
