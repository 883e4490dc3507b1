using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>LS of the I0T paper: 1 − MSE, on pairs held out, of a least-squares regression that says which modality a row is of.</summary>
internal static class RegressionSeparability
{
    private const double TrainedShare = 0.7;

    // Of the largest eigenvalue; directions below have no data, and least squares of smallest norm has no weight there.
    private const double Negligible = 1e-12;

    /// <summary>Seven tenths of the pairs train, the rest tests; both rows of a pair stay on the same side. <see langword="null"/> with fewer than 4 pairs.</summary>
    internal static double? Measure(EmbeddingPairs pairs, int sampleSize, int seed)
    {
        if (pairs.Count < LinearSeparability.MinimumPairs)
            return null;

        var sample = LinearSeparability.Draw(pairs.Count, sampleSize, seed);
        var trained = Math.Clamp((int)Math.Round(TrainedShare * sample.Length), 2, sample.Length - 1);
        var (rows, mean) = ReadCentered(pairs, sample[..trained]);
        var weights = Solve(rows, 2 * trained, pairs.Dimension);
        var error = 0.0;
        var row = new double[pairs.Dimension];
        foreach (var pair in sample[trained..])
            error += SquaredError(pairs.GetFirst(pair), -0.5) + SquaredError(pairs.GetSecond(pair), 0.5);
        return 1 - error / (2 * (sample.Length - trained));

        // The targets 0 and 1 lie half of 1 around their mean, which is the intercept.
        double SquaredError(ReadOnlySpan<float> x, double target)
        {
            TensorPrimitives.ConvertChecked(x, row.AsSpan());
            TensorPrimitives.Subtract(row, mean, row);
            var difference = TensorPrimitives.Dot<double>(row, weights) - target;
            return difference * difference;
        }
    }

    /// <summary>The rows of the first modality, then those of the second, without their common mean.</summary>
    private static (double[] Rows, double[] Mean) ReadCentered(EmbeddingPairs pairs, ReadOnlySpan<int> sample)
    {
        var d = pairs.Dimension;
        var rows = new double[2 * sample.Length * d];
        var mean = new double[d];
        for (var i = 0; i < sample.Length; i++)
        {
            TensorPrimitives.ConvertChecked(pairs.GetFirst(sample[i]), rows.AsSpan(i * d, d));
            TensorPrimitives.ConvertChecked(pairs.GetSecond(sample[i]), rows.AsSpan((sample.Length + i) * d, d));
        }

        for (var start = 0; start < rows.Length; start += d)
            TensorPrimitives.Add(mean, rows.AsSpan(start, d), mean);
        TensorPrimitives.Divide(mean, 2 * sample.Length, mean);
        for (var start = 0; start < rows.Length; start += d)
            TensorPrimitives.Subtract(rows.AsSpan(start, d), mean, rows.AsSpan(start, d));
        return (rows, mean);
    }

    /// <summary>The w of smallest norm that makes ‖Zw − t‖ smallest: (ZᵀZ)⁺Zᵀt = Zᵀ(ZZᵀ)⁺t, whichever matrix is smaller.</summary>
    private static double[] Solve(double[] rows, int count, int dimension)
    {
        var targets = new double[count];
        targets.AsSpan(0, count / 2).Fill(-0.5);
        targets.AsSpan(count / 2).Fill(0.5);
        var transposed = DoubleMatrix.Transpose(rows, count);
        if (count >= dimension)
            return ApplyInverse(DoubleMatrix.Multiply(transposed, rows, dimension), DoubleMatrix.Multiply(transposed, targets, dimension));
        return DoubleMatrix.Multiply(transposed, ApplyInverse(DoubleMatrix.Multiply(rows, transposed, count), targets), dimension);
    }

    /// <summary>A⁺b of a symmetric A.</summary>
    private static double[] ApplyInverse(double[] matrix, double[] vector)
    {
        var spectrum = SymmetricSpectrum.Compute(matrix, vector.Length);
        var result = new double[vector.Length];
        for (var i = 0; i < spectrum.Values.Count && spectrum.Values[i] > Negligible * spectrum.Largest; i++)
        {
            var direction = spectrum.GetVector(i);
            TensorPrimitives.MultiplyAdd(direction, TensorPrimitives.Dot(direction, vector) / spectrum.Values[i], result, result);
        }

        return result;
    }
}
