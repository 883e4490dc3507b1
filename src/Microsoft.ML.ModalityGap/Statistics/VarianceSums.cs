using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Σ(x−s) and Σ(x−s)² per dimension, where s is the first row: near the data, so that little cancels when the mean is taken out.</summary>
internal sealed class VarianceSums(int dimension) : MomentSums(dimension)
{
    private readonly double[] _shift = new double[dimension];
    private readonly double[] _sum = new double[dimension];
    private readonly double[] _squares = new double[dimension];
    private readonly double[] _deviation = new double[dimension];

    internal override void Add(ReadOnlySpan<float> row, float scale, double squaredNorm)
    {
        TensorPrimitives.ConvertChecked<float, double>(row, _deviation);
        if (Count == 0)
        {
            TensorPrimitives.Multiply(_deviation, (double)scale, _shift);
        }
        else
        {
            // (x·scale) − s, in double.
            TensorPrimitives.Multiply(_deviation, (double)scale, _deviation);
            TensorPrimitives.Subtract(_deviation, _shift, _deviation);
            TensorPrimitives.Add(_sum, _deviation, _sum);
            TensorPrimitives.MultiplyAdd<double>(_deviation, _deviation, _squares, _squares);
        }

        Count++;
    }

    internal override ModalityStatistics Build(long skipped, bool normalized)
    {
        var mean = new double[Dimension];
        var squares = new double[Dimension];
        var total = 0.0;
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] = _shift[i] + _sum[i] / Count;
            squares[i] = Math.Max(0, _squares[i] - _sum[i] * _sum[i] / Count);
            total += squares[i];
        }

        return new ModalityStatistics(Count, skipped, normalized, mean, total, squares, products: null);
    }
}
