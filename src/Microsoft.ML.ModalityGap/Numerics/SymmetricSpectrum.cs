using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The eigenvalues and eigenvectors of a covariance, and functions of the matrix by way of them: f(C) = V f(Λ) Vᵀ. Of a covariance of fewer rows than dimensions only the
/// part that is not zero may be held; in all other directions the eigenvalue is 0.
/// </summary>
internal sealed class SymmetricSpectrum
{
    private readonly double[] _vectors;
    private float[]? _singleVectors;

    private SymmetricSpectrum(int dimension, double[] values, double[] vectors)
    {
        Dimension = dimension;
        Values = values;
        _vectors = vectors;
    }

    internal int Dimension { get; }

    /// <summary>The eigenvalues held, largest first, none negative.</summary>
    internal IReadOnlyList<double> Values { get; }

    internal double Largest => Values.Count > 0 ? Values[0] : 0;

    internal double MeanValue => Values.Sum() / Dimension;

    /// <summary>Of a symmetric matrix.</summary>
    internal static SymmetricSpectrum Compute(double[] matrix, int dimension)
    {
        var (ascending, rows) = SymmetricEigen.Decompose(matrix, dimension);
        var vectors = new double[dimension * dimension];
        var values = new double[dimension];
        for (var i = 0; i < dimension; i++)
        {
            var source = dimension - 1 - i;
            values[i] = Math.Max(0, ascending[source]);
            rows.AsSpan(source * dimension, dimension).CopyTo(vectors.AsSpan(i * dimension));
        }

        return new SymmetricSpectrum(dimension, values, vectors);
    }

    /// <summary>Of the covariance of rows around their mean, by way of the products between the rows: cheap where there are fewer rows than dimensions.</summary>
    /// <param name="rows">One behind the other.</param>
    /// <param name="mean">Theirs.</param>
    /// <param name="buffers">Memory that no other uses meanwhile; the eigenvectors stay in it.</param>
    internal static SymmetricSpectrum OfRows(float[] rows, ReadOnlySpan<double> mean, SpectrumBuffers? buffers = null)
    {
        DoubleMatrix.CheckSide(mean.Length);
        const double Negligible = 1e-10; // of the trace; what is left of the direction that the mean took away
        var d = mean.Length;
        var n = rows.Length / d;
        var centered = ArrayArena<double>.Rent(buffers?.Scratch, n * d);
        for (var i = 0; i < n; i++)
        {
            var row = centered.AsSpan(i * d, d);
            TensorPrimitives.ConvertChecked<float, double>(rows.AsSpan(i * d, d), row);
            TensorPrimitives.Subtract(row, mean, row);
        }

        // With C = ZᵀZ/n and G = ZZᵀ/n: G u = λ u gives C v = λ v for v = Zᵀu/√(nλ).
        var (ascending, rowVectors) = SymmetricEigen.DecomposeInPlace(DoubleMatrix.MultiplyByItself(centered, n, 1.0 / n, buffers?.Scratch), n, buffers?.Scratch);
        var total = ascending.Sum(value => Math.Max(0, value));
        var kept = ascending.Count(value => value > Negligible * total);
        if (kept == 0)
            throw new InvalidDataException($"All {n} rows of a modality that are fitted on are the same, so there is no direction in which they differ.");

        // The largest first.
        var (values, leading) = (new double[kept], ArrayArena<double>.Rent(buffers?.Scratch, kept * n));
        for (var i = 0; i < kept; i++)
        {
            values[i] = ascending[n - 1 - i];
            rowVectors.AsSpan((n - 1 - i) * n, n).CopyTo(leading.AsSpan(i * n));
        }

        var vectors = DoubleMatrix.Multiply(leading, centered, kept, buffers?.Vectors);
        for (var i = 0; i < kept; i++)
        {
            var vector = vectors.AsSpan(i * d, d);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
        }

        buffers?.Scratch.Reset();
        return new SymmetricSpectrum(d, values, vectors);
    }

    /// <summary>An eigenvector of those held.</summary>
    internal ReadOnlySpan<double> GetVector(int index) => _vectors.AsSpan(index * Dimension, Dimension);

    /// <summary>All eigenvectors held, one behind the other, in float.</summary>
    internal float[] GetSingleVectors(ArrayArena<float>? arena = null)
    {
        if (_singleVectors is null)
        {
            var vectors = ArrayArena<float>.Rent(arena, Values.Count * Dimension);
            TensorPrimitives.ConvertTruncating<double, float>(_vectors.AsSpan(0, vectors.Length), vectors);
            _singleVectors = vectors;
        }

        return _singleVectors;
    }

    /// <summary>V f(Λ) Vᵀ, as d·d values. Where eigenvalues are missing f(0) must be finite.</summary>
    internal double[] Apply(Func<double, double> function)
    {
        var rest = Values.Count == Dimension ? 0 : function(0);
        var scaled = _vectors.ToArray();
        for (var i = 0; i < Values.Count; i++)
        {
            var vector = scaled.AsSpan(i * Dimension, Dimension);
            TensorPrimitives.Multiply(vector, function(Values[i]) - rest, vector);
        }

        var result = Values.Count == 0
            ? new double[Dimension * Dimension]
            : DoubleMatrix.Multiply(DoubleMatrix.Transpose(_vectors, Values.Count), scaled, Dimension);
        return DoubleMatrix.AddDiagonal(result, Dimension, rest);
    }

    /// <summary>Σ λ² (v·x)^2 and the like: Σ f(λ)(v·x)² over the eigenvalues held.</summary>
    internal double QuadraticForm(ReadOnlySpan<double> x, Func<double, double> function)
    {
        var sum = 0.0;
        for (var i = 0; i < Values.Count; i++)
            sum += function(Values[i]) * Math.Pow(TensorPrimitives.Dot(GetVector(i), x), 2);
        return sum;
    }
}
