using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The two directions in which rows vary most (PCA), by power iteration on the rows themselves: a picture needs no more of the d×d covariance's eigenvectors.
/// </summary>
internal sealed class PrincipalPlane
{
    private const int MaximumIterations = 300;
    private const double Tolerance = 1e-7;

    private readonly float[] _mean;
    private readonly float[][] _directions;

    private PrincipalPlane(float[] mean, float[][] directions, double[] shares)
    {
        (_mean, _directions) = (mean, directions);
        Shares = shares;
    }

    /// <summary>The shares of the variance of all dimensions along both directions, the larger first.</summary>
    internal IReadOnlyList<double> Shares { get; }

    /// <param name="rows">N rows, one behind the other; at least one.</param>
    /// <param name="dimension">d.</param>
    /// <param name="seed">Where the iteration starts.</param>
    internal static PrincipalPlane Fit(ReadOnlySpan<float> rows, int dimension, int seed)
    {
        var count = rows.Length / dimension;
        var mean = new float[dimension];
        for (var i = 0; i < count; i++)
            TensorPrimitives.Add(mean, rows.Slice(i * dimension, dimension), mean);
        TensorPrimitives.Divide(mean, count, mean);

        var centred = rows.ToArray();
        for (var i = 0; i < count; i++)
        {
            var row = centred.AsSpan(i * dimension, dimension);
            TensorPrimitives.Subtract(row, mean, row);
        }

        double total = TensorPrimitives.SumOfSquares<float>(centred);
        var random = new Random(seed);
        var directions = new float[2][];
        var shares = new double[2];
        for (var k = 0; k < directions.Length; k++)
        {
            directions[k] = Iterate(centred, dimension, directions.AsSpan(0, k), random, out var variance);
            shares[k] = total > 0 ? variance / total : 0;
        }

        return new PrincipalPlane(mean, directions, shares);
    }

    /// <summary>Where a row lies in the plane.</summary>
    internal (double X, double Y) Project(ReadOnlySpan<float> row)
    {
        var centred = new float[_mean.Length];
        TensorPrimitives.Subtract(row, _mean, centred);
        return (TensorPrimitives.Dot<float>(centred, _directions[0]), TensorPrimitives.Dot<float>(centred, _directions[1]));
    }

    /// <summary>Turns the directions so that the given point lies in the left half, which makes pictures of the same data alike.</summary>
    internal void FaceRightFrom(ReadOnlySpan<float> row)
    {
        if (Project(row).X > 0)
            TensorPrimitives.Negate(_directions[0], _directions[0]);
    }

    private static float[] Iterate(float[] centred, int dimension, ReadOnlySpan<float[]> earlier, Random random, out double variance)
    {
        var direction = new float[dimension];
        for (var i = 0; i < dimension; i++)
            direction[i] = (float)(random.NextDouble() - 0.5);
        Orthonormalize(direction, earlier);

        variance = 0;
        var next = new float[dimension];
        for (var iteration = 0; iteration < MaximumIterations; iteration++)
        {
            Array.Clear(next);
            variance = 0;
            for (var i = 0; i < centred.Length; i += dimension)
            {
                var row = centred.AsSpan(i, dimension);
                var dot = TensorPrimitives.Dot<float>(row, direction);
                variance += (double)dot * dot;
                TensorPrimitives.MultiplyAdd(row, dot, next, next);
            }

            if (!Orthonormalize(next, earlier))
                break;
            var cosine = Math.Abs(TensorPrimitives.Dot<float>(next, direction));
            (direction, next) = (next, direction);
            if (1 - cosine < Tolerance)
                break;
        }

        return direction;
    }

    /// <summary>False where nothing is left: the rows do not vary in further directions.</summary>
    private static bool Orthonormalize(float[] vector, ReadOnlySpan<float[]> earlier)
    {
        var before = TensorPrimitives.Norm<float>(vector);
        foreach (var other in earlier)
            TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<float>(vector, other), vector, vector);
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm <= before * 1e-6f || norm == 0)
            return false;
        TensorPrimitives.Divide(vector, norm, vector);
        return true;
    }
}
