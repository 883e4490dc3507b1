using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Batch normalisation of each dimension, y = γ (x − m)/√(v + ε) + β (Ioffe and Szegedy, 2015, arXiv 1502.03167), as PyTorch's BatchNorm1d: m and v are the
/// batch's, v with N in the denominator; running averages of them, v with N − 1, are kept for the time after training.
/// </summary>
internal sealed class BatchNormLayer<T>(int dimension, double momentum, double epsilon)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _mean = new T[dimension];
    private readonly T[] _inverseDeviation = new T[dimension];

    internal ParameterBlock<T> Gamma { get; } = new(CreateOnes(dimension), decays: true);

    internal ParameterBlock<T> Beta { get; } = new(new T[dimension], decays: true);

    /// <summary>The running mean, from 0.</summary>
    internal double[] RunningMean { get; } = new double[dimension];

    /// <summary>The running variance, from 1.</summary>
    internal double[] RunningVariance { get; } = Enumerable.Repeat(1.0, dimension).ToArray();

    /// <summary>Takes a batch's own statistics, and lets the running ones follow.</summary>
    internal void Begin(BatchRows<T> input)
    {
        ComputeStatistics(input);
        Gamma.Gradients.AsSpan().Clear();
        Beta.Gradients.AsSpan().Clear();
    }

    /// <summary>Standardises a row of the batch.</summary>
    internal void Forward(ReadOnlySpan<T> row, Span<T> output) => FusedRows.Standardize(row, _mean, _inverseDeviation, Gamma.Values, Beta.Values, output);

    /// <summary>Adds a row's part to the gradients of γ and β. The input's is not needed: it comes from a frozen encoder.</summary>
    /// <remarks>Standardised once more: to keep what was takes memory that the products' blocks would have to leave the cache for.</remarks>
    internal void Backward(ReadOnlySpan<T> row, ReadOnlySpan<T> outputGradient) =>
        FusedRows.AddStandardized(row, _mean, _inverseDeviation, outputGradient, Gamma.Gradients, Beta.Gradients);

    /// <summary>The same, where the row's output was then brought to length 1; asks the memory for a row that is to be read next.</summary>
    internal void Backward(ReadOnlySpan<T> row, ReadOnlySpan<T> unit, T norm, ReadOnlySpan<T> unitGradient, ReadOnlySpan<T> next)
    {
        var (ofUnit, ofGradient) = UnitRow.GetFactors(unit, norm, unitGradient);
        FusedRows.AddStandardized(row, _mean, _inverseDeviation, unit, ofUnit, unitGradient, ofGradient, Gamma.Gradients, Beta.Gradients, next);
    }

    /// <summary>The running statistics without the share (1 − momentum)^steps that where they began still has in them.</summary>
    internal (double[] Mean, double[] Variance) GetRunningStatistics(long steps)
    {
        var start = Math.Pow(1 - momentum, steps);
        return (
            Array.ConvertAll(RunningMean, mean => mean / (1 - start)),
            Array.ConvertAll(RunningVariance, variance => Math.Max(0, (variance - start) / (1 - start))));
    }

    private void ComputeStatistics(BatchRows<T> input)
    {
        var count = input.Count;
        var mean = _mean.AsSpan();
        mean.Clear();
        for (var row = 0; row < count; row++)
            TensorPrimitives.Add(mean, input.ReadAhead(row), mean);
        TensorPrimitives.Multiply(mean, T.One / T.CreateTruncating(count), mean);

        var squares = _inverseDeviation.AsSpan();
        squares.Clear();
        for (var row = 0; row < count; row++)
            FusedRows.AddSquares(input[row], mean, squares);

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
