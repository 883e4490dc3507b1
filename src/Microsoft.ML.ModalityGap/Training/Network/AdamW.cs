using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, arXiv 1711.05101), in PyTorch's order: p −= lr·wd·p, then
/// p −= lr/(1−β1^t) · m / (√v/√(1−β2^t) + ε).
/// </summary>
internal sealed record AdamW(double WeightDecay, double Beta1, double Beta2, double Epsilon)
{
    // The scratch of one run of parameters.
    private const int Run = 1024;

    /// <param name="block">What is updated.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="step">t, from 1.</param>
    internal void Update<T>(ParameterBlock<T> block, double learningRate, long step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (beta1, beta2) = (T.CreateTruncating(Beta1), T.CreateTruncating(Beta2));
        var (rest1, rest2) = (T.CreateTruncating(1 - Beta1), T.CreateTruncating(1 - Beta2));
        var stepSize = T.CreateTruncating(-learningRate / (1 - Math.Pow(Beta1, step)));
        var inverseRoot = T.CreateTruncating(1 / Math.Sqrt(1 - Math.Pow(Beta2, step)));
        var kept = T.CreateTruncating(1 - learningRate * WeightDecay);
        Span<T> scratch = stackalloc T[Math.Min(Run, block.Values.Length)];
        for (var from = 0; from < block.Values.Length; from += Run)
        {
            var length = Math.Min(Run, block.Values.Length - from);
            var values = block.Values.AsSpan(from, length);
            ReadOnlySpan<T> gradients = block.Gradients.AsSpan(from, length);
            var first = block.FirstMoments.AsSpan(from, length);
            var second = block.SecondMoments.AsSpan(from, length);
            var work = scratch[..length];
            if (block.Decays)
                TensorPrimitives.Multiply(values, kept, values);
            TensorPrimitives.Multiply(first, beta1, first);
            TensorPrimitives.MultiplyAdd(gradients, rest1, first, first);
            TensorPrimitives.Multiply(gradients, gradients, work);
            TensorPrimitives.Multiply(second, beta2, second);
            TensorPrimitives.MultiplyAdd(work, rest2, second, second);
            TensorPrimitives.Sqrt<T>(second, work);
            TensorPrimitives.Multiply(work, inverseRoot, work);
            TensorPrimitives.Add(work, T.CreateTruncating(Epsilon), work);
            TensorPrimitives.Divide<T>(first, work, work);
            TensorPrimitives.MultiplyAdd(work, stepSize, values, values);
        }
    }
}
