using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Batch normalisation of each dimension, y = γ (x − m)/√(v + ε) + β (Ioffe and Szegedy, 2015, arXiv 1502.03167), as PyTorch's BatchNorm1d: m and v are the
/// batch's, v with N in the denominator; running averages of them, v with N − 1, are kept for the time after training.
/// </summary>
internal sealed class BatchNormLayer<T>(int dimension, int capacity, double momentum, double epsilon)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _standardized = new T[capacity * dimension];
    private readonly T[] _mean = new T[dimension];
    private readonly T[] _inverseDeviation = new T[dimension];
    private readonly T[] _scratch = new T[dimension];

    internal ParameterBlock<T> Gamma { get; } = new(CreateOnes(dimension), decays: true);

    internal ParameterBlock<T> Beta { get; } = new(new T[dimension], decays: true);

    /// <summary>The running mean, from 0.</summary>
    internal double[] RunningMean { get; } = new double[dimension];

    /// <summary>The running variance, from 1.</summary>
    internal double[] RunningVariance { get; } = Enumerable.Repeat(1.0, dimension).ToArray();

    /// <summary>Standardises a batch by its own statistics, and lets the running ones follow.</summary>
    internal void Forward(ReadOnlySpan<T> input, int count, Span<T> output)
    {
        ComputeStatistics(input, count);
        for (var row = 0; row < count; row++)
        {
            var standardized = _standardized.AsSpan(row * dimension, dimension);
            TensorPrimitives.Subtract(input.Slice(row * dimension, dimension), _mean, standardized);
            TensorPrimitives.Multiply(standardized, _inverseDeviation, standardized);
            TensorPrimitives.MultiplyAdd(standardized, Gamma.Values, Beta.Values, output.Slice(row * dimension, dimension));
        }
    }

    /// <summary>The gradients of γ and β. The input's is not needed: it comes from a frozen encoder.</summary>
    internal void Backward(ReadOnlySpan<T> outputGradient, int count)
    {
        var gamma = Gamma.Gradients.AsSpan();
        var beta = Beta.Gradients.AsSpan();
        gamma.Clear();
        beta.Clear();
        for (var row = 0; row < count; row++)
        {
            var gradient = outputGradient.Slice(row * dimension, dimension);
            TensorPrimitives.MultiplyAdd(gradient, _standardized.AsSpan(row * dimension, dimension), gamma, gamma);
            TensorPrimitives.Add(beta, gradient, beta);
        }
    }

    /// <summary>The running statistics without the share (1 − momentum)^steps that where they began still has in them.</summary>
    internal (double[] Mean, double[] Variance) GetRunningStatistics(long steps)
    {
        var start = Math.Pow(1 - momentum, steps);
        return (
            Array.ConvertAll(RunningMean, mean => mean / (1 - start)),
            Array.ConvertAll(RunningVariance, variance => Math.Max(0, (variance - start) / (1 - start))));
    }

    private void ComputeStatistics(ReadOnlySpan<T> input, int count)
    {
        var mean = _mean.AsSpan();
        mean.Clear();
        for (var row = 0; row < count; row++)
            TensorPrimitives.Add(mean, input.Slice(row * dimension, dimension), mean);
        TensorPrimitives.Multiply(mean, T.One / T.CreateTruncating(count), mean);

        var squares = _inverseDeviation.AsSpan();
        squares.Clear();
        for (var row = 0; row < count; row++)
        {
            TensorPrimitives.Subtract(input.Slice(row * dimension, dimension), mean, _scratch);
            TensorPrimitives.MultiplyAdd<T>(_scratch, _scratch, squares, squares);
        }

        for (var d = 0; d < dimension; d++)
        {
            var sum = double.CreateTruncating(squares[d]);
            RunningMean[d] += momentum * (double.CreateTruncating(mean[d]) - RunningMean[d]);
            RunningVariance[d] += momentum * (sum / (count - 1) - RunningVariance[d]);
            squares[d] = T.CreateTruncating(1 / Math.Sqrt(sum / count + epsilon));
        }
    }

    private static T[] CreateOnes(int dimension)
    {
        var values = new T[dimension];
        values.AsSpan().Fill(T.One);
        return values;
    }
}
