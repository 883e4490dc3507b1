using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Sums of exponentials. In a process of some seconds <see cref="System.Numerics.Tensors.TensorPrimitives"/>' exponential stays in code of the quick tier, which takes ten times as long.</summary>
internal static class Exponentials
{
    // Below that exp is no normal float; beside the 1 of the largest it counts for nothing.
    private const float Smallest = -87;

    // ln 2 in two parts, the first of few digits, so that k·ln 2 is exact in it.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Adding this to a float below 2²² in size rounds it, and leaves the whole number in the lowest bits.
    private const float Rounding = 12_582_912; // 1.5·2²³

    /// <summary>Σ exp(scale·(x − largest)), each term within about 1e-7 of itself.</summary>
    /// <param name="values">x.</param>
    /// <param name="largest">No less than any of them.</param>
    /// <param name="scale">Above 0.</param>
    /// <returns>From 1 to the number of values; NaN where one of them is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs for a second at most; the first tier would take most of it
    internal static float SumOfScaled(ReadOnlySpan<float> values, float largest, float scale)
    {
        var (sum, at) = (Vector256<float>.Zero, 0);
        var (shifts, scales) = (Vector256.Create(largest), Vector256.Create(scale));
        for (; at + Vector256<float>.Count <= values.Length; at += Vector256<float>.Count)
            sum += Exp((Vector256.Create(values[at..]) - shifts) * scales);
        if (at == values.Length)
            return Vector256.Sum(sum);

        // What is left, beside exponentials of so little that they are 0.
        var rest = Vector256.Create(float.NegativeInfinity);
        for (var i = at; i < values.Length; i++)
            rest = rest.WithElement(i - at, (values[i] - largest) * scale);
        return Vector256.Sum(sum + Exp(rest));
    }

    /// <summary>exp of values that are 0 or less: 2ᵏ·exp(r) with |r| ≤ ½ ln 2, by the series to r⁷; 0 below <see cref="Smallest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        var shifted = Vector256.MultiplyAddEstimate(x, Vector256.Create(1.44269504f), Vector256.Create(Rounding));
        var k = shifted - Vector256.Create(Rounding);
        var r = Vector256.MultiplyAddEstimate(k, Vector256.Create(-Ln2High), x);
        r = Vector256.MultiplyAddEstimate(k, Vector256.Create(-Ln2Low), r);
        var series = Vector256.Create(1 / 5040f);
        series = Vector256.MultiplyAddEstimate(series, r, Vector256.Create(1 / 720f));
        series = Vector256.MultiplyAddEstimate(series, r, Vector256.Create(1 / 120f));
        series = Vector256.MultiplyAddEstimate(series, r, Vector256.Create(1 / 24f));
        series = Vector256.MultiplyAddEstimate(series, r, Vector256.Create(1 / 6f));
        series = Vector256.MultiplyAddEstimate(series, r, Vector256.Create(1 / 2f));
        series = Vector256.MultiplyAddEstimate(series, r, Vector256<float>.One);
        series = Vector256.MultiplyAddEstimate(series, r, Vector256<float>.One);

        // k is added to the exponent. NaN is not below the limit, and stays what it is.
        var powers = (series.AsInt32() + Vector256.ShiftLeft(shifted.AsInt32() - Vector256.Create(Rounding).AsInt32(), 23)).AsSingle();
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(Smallest)), Vector256<float>.Zero, powers);
    }
}
