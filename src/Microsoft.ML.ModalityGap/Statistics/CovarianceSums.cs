using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Σ(x−s) and Σ(x−s)(x−s)ᵀ, where s is the first row. Rows are gathered into blocks, a block's product is taken in float, and the products of
/// blocks are summed in double.
/// </summary>
internal sealed class CovarianceSums(int dimension) : MomentSums(dimension)
{
    private const int BlockRows = 128;

    private readonly double[] _shift = new double[dimension];
    private readonly double[] _sum = new double[dimension];
    private readonly double[] _products = new double[dimension * dimension];
    private readonly double[] _row = new double[dimension];
    private readonly float[] _block = new float[BlockRows * dimension];
    private int _blockRows;

    internal override void Add(ReadOnlySpan<float> row, float scale, double squaredNorm)
    {
        TensorPrimitives.ConvertChecked<float, double>(row, _row);
        TensorPrimitives.Multiply(_row, (double)scale, _row);
        if (Count == 0)
        {
            _row.CopyTo(_shift, 0);
        }
        else
        {
            TensorPrimitives.Subtract(_row, _shift, _row);
            TensorPrimitives.Add(_sum, _row, _sum);
            TensorPrimitives.ConvertTruncating<double, float>(_row, _block.AsSpan(_blockRows * Dimension, Dimension));
            if (++_blockRows == BlockRows)
                Flush();
        }

        Count++;
    }

    internal override ModalityStatistics Build(long skipped, bool normalized)
    {
        Flush();
        var mean = new double[Dimension];
        for (var i = 0; i < mean.Length; i++)
            mean[i] = _shift[i] + _sum[i] / Count;

        // Σ(x−μ)(x−μ)ᵀ = Σ(x−s)(x−s)ᵀ − ΣΣᵀ/N; only the upper triangle was summed.
        var products = new double[_products.Length];
        var squares = new double[Dimension];
        var total = 0.0;
        for (var i = 0; i < Dimension; i++)
        {
            for (var j = i; j < Dimension; j++)
            {
                var product = _products[i * Dimension + j] - _sum[i] * _sum[j] / Count;
                products[i * Dimension + j] = product;
                products[j * Dimension + i] = product;
            }

            squares[i] = products[i * Dimension + i] = Math.Max(0, products[i * Dimension + i]);
            total += squares[i];
        }

        return new ModalityStatistics(Count, skipped, normalized, mean, total, squares, products);
    }

    private void Flush()
    {
        MatrixKernels.AddUpperGram(_block, _blockRows, Dimension, _products);
        _blockRows = 0;
    }
}
