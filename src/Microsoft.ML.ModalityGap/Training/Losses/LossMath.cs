using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>What several losses compute on a row of cosines, or on a matrix of them.</summary>
internal static class LossMath
{
    /// <summary>softmax_j(σ v_j); an entry of −∞ takes no part.</summary>
    /// <returns>log Σ_j exp(σ v_j).</returns>
    internal static T SoftMax<T>(ReadOnlySpan<T> values, T scale, Span<T> probabilities)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (logSum, sum) = Exponentials(values, scale, probabilities);
        TensorPrimitives.Multiply(probabilities, T.One / sum, probabilities);
        return logSum;
    }

    /// <summary>exp(σ v_j) over that of the largest.</summary>
    /// <returns>log Σ_j exp(σ v_j), and the sum of what is written.</returns>
    private static (T LogSum, T Sum) Exponentials<T>(ReadOnlySpan<T> values, T scale, Span<T> exponentials)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = TensorPrimitives.Max(values);
        FusedRows.ShiftAndScale(values, largest, scale, exponentials);
        TensorPrimitives.Exp(exponentials, exponentials);
        var sum = TensorPrimitives.Sum<T>(exponentials);
        return (scale * largest + T.Log(sum), sum);
    }

    /// <summary>−Σ_j q_j log softmax_j(σ v), where Σ q_j = 1.</summary>
    /// <param name="values">v.</param>
    /// <param name="targets">q.</param>
    /// <param name="scale">σ.</param>
    /// <param name="weight">What the row counts.</param>
    /// <param name="gradient">Grows by the gradient for v, times the weight.</param>
    /// <param name="scratch">As long as the row.</param>
    /// <param name="scaleGradient">Grows by the gradient for log σ, times the weight.</param>
    internal static T CrossEntropy<T>(
        ReadOnlySpan<T> values, ReadOnlySpan<T> targets, T scale, T weight, Span<T> gradient, Span<T> scratch, ref T scaleGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (logSum, sum) = Exponentials(values, scale, scratch);
        var loss = logSum - scale * TensorPrimitives.Dot(targets, values);
        FusedRows.AddDifference(scratch, T.One / sum, targets, weight * scale, gradient);
        scaleGradient += weight * scale * TensorPrimitives.Dot<T>(scratch, values);
        return loss;
    }

    /// <summary>log mean_{i≠j} exp(−t(2 − 2 s_ij)) over a square matrix of cosines.</summary>
    /// <param name="cosines">N×N values.</param>
    /// <param name="count">N.</param>
    /// <param name="t">t.</param>
    /// <param name="weight">What the loss counts.</param>
    /// <param name="gradient">Grows by the gradient times the weight.</param>
    /// <param name="scratch">N values.</param>
    internal static double Uniformity<T>(ReadOnlySpan<T> cosines, int count, T t, T weight, Span<T> gradient, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = t + t;
        var largest = T.NegativeInfinity;
        for (var i = 0; i < count; i++)
        {
            CopyWithout(cosines.Slice(i * count, count), i, scratch);
            largest = T.Max(largest, TensorPrimitives.Max<T>(scratch));
        }

        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            ExponentialsWithout(cosines.Slice(i * count, count), i, largest, factor, scratch);
            sum += double.CreateTruncating(TensorPrimitives.Sum<T>(scratch));
        }

        var share = weight * factor / T.CreateTruncating(sum);
        for (var i = 0; i < count; i++)
        {
            ExponentialsWithout(cosines.Slice(i * count, count), i, largest, factor, scratch);
            AddScaled(scratch, share, gradient.Slice(i * count, count));
        }

        return double.CreateTruncating(factor) * (double.CreateTruncating(largest) - 1) + Math.Log(sum / ((double)count * (count - 1)));
    }

    /// <summary>sum += factor·values.</summary>
    internal static void AddScaled<T>(ReadOnlySpan<T> values, T factor, Span<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.MultiplyAdd(values, factor, sum, sum);

    /// <summary>A row with one entry at −∞, so that no maximum and no exponential sees it.</summary>
    internal static void CopyWithout<T>(ReadOnlySpan<T> row, int index, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        row.CopyTo(destination);
        destination[index] = T.NegativeInfinity;
    }

    private static void ExponentialsWithout<T>(ReadOnlySpan<T> row, int without, T largest, T factor, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CopyWithout(row, without, destination);
        FusedRows.ShiftAndScale(destination, largest, factor, destination);
        TensorPrimitives.Exp(destination, destination);
    }
}
