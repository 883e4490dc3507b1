using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Σ(x−s), Σ(x−s)² and Σ(x−s)(x−s)ᵀ, where s is the first row. Rows are gathered into blocks, a block's product is taken in float, and the products of
/// blocks are summed in double; the squares, which variances hang on, are summed in double one by one.
/// </summary>
/// <remarks>
/// A block is held in panels of some of the dimensions each, so that the products of panels with themselves and those behind them are matrix products, and what lies below
/// the diagonal is left out.
/// </remarks>
internal sealed class CovarianceSums(int dimension) : MomentSums(dimension)
{
    // As many rows as keep the sums in double from showing beside the products, and a float sum of them exact to about 1e-6.
    private const int BlockRows = 512;
    private const int PanelWidth = 256;

    private readonly double[] _shift = new double[dimension];
    private readonly double[] _sum = new double[dimension];
    private readonly double[] _squares = new double[dimension];
    private readonly double[] _products = new double[dimension * dimension];
    private readonly double[] _row = new double[dimension];
    private readonly float[][] _panels = [.. Enumerable.Range(0, (dimension + PanelWidth - 1) / PanelWidth).Select(panel => new float[BlockRows * GetWidth(dimension, panel)])];
    private readonly float[] _product = new float[Math.Min(dimension, PanelWidth) * Math.Min(dimension, PanelWidth)];
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
            TensorPrimitives.MultiplyAdd<double>(_row, _row, _squares, _squares);
            for (var panel = 0; panel < _panels.Length; panel++)
            {
                var width = GetWidth(Dimension, panel);
                TensorPrimitives.ConvertTruncating<double, float>(_row.AsSpan(panel * PanelWidth, width), _panels[panel].AsSpan(_blockRows * width, width));
            }

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
            for (var j = i + 1; j < Dimension; j++)
            {
                var product = _products[i * Dimension + j] - _sum[i] * _sum[j] / Count;
                products[i * Dimension + j] = product;
                products[j * Dimension + i] = product;
            }

            squares[i] = products[i * Dimension + i] = Math.Max(0, _squares[i] - _sum[i] * _sum[i] / Count);
            total += squares[i];
        }

        return new ModalityStatistics(Count, skipped, normalized, mean, total, squares, products);
    }

    private static int GetWidth(int dimension, int panel) => Math.Min(PanelWidth, dimension - panel * PanelWidth);

    private void Flush()
    {
        for (var left = 0; left < _panels.Length; left++)
        {
            for (var right = left; right < _panels.Length; right++)
                AddProduct(left, right);
        }

        _blockRows = 0;
    }

    /// <summary>Adds the product of two panels to the sums.</summary>
    private void AddProduct(int left, int right)
    {
        var (rows, columns) = (GetWidth(Dimension, left), GetWidth(Dimension, right));
        var product = _product.AsSpan(0, rows * columns);
        MatrixProduct.Multiply(
            _panels[left].AsSpan(0, _blockRows * rows), transposeA: true, _panels[right].AsSpan(0, _blockRows * columns), transposeB: false, rows, columns, _blockRows, product, maxDegreeOfParallelism: 1);
        for (var i = 0; i < rows; i++)
        {
            var target = _products.AsSpan((left * PanelWidth + i) * Dimension + right * PanelWidth, columns);
            TensorPrimitives.ConvertChecked<float, double>(product.Slice(i * columns, columns), _row.AsSpan(0, columns));
            TensorPrimitives.Add(target, _row.AsSpan(0, columns), target);
        }
    }
}
