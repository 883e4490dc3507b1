using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL steps with implicit shifts. MathNet's managed decomposition takes several times as long.
/// </summary>
/// <remarks>
/// Eigenvectors are held as rows, so that a reflection and a rotation work on memory that lies together. Source: Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3.
/// </remarks>
internal static class SymmetricEigen
{
    private const int MaximumSteps = 60; // per eigenvalue; two or three are usual
    private const double Negligible = 1.1102230246251565e-16; // half the distance of 1 to the next double

    /// <summary>Decomposes A = VᵀΛV.</summary>
    /// <param name="matrix">A, of n×n values; only its lower triangle is read.</param>
    /// <param name="n">n.</param>
    /// <returns>The eigenvalues, smallest first, and their eigenvectors as rows of unit length.</returns>
    /// <exception cref="ArithmeticException">The matrix holds NaN or infinity.</exception>
    internal static (double[] Values, double[] Vectors) Decompose(ReadOnlySpan<double> matrix, int n)
    {
        var a = matrix[..(n * n)].ToArray();
        return DecomposeInPlace(a, n);
    }

    /// <summary>The same, in the memory of the matrix: the eigenvectors take its place.</summary>
    internal static (double[] Values, double[] Vectors) DecomposeInPlace(double[] a, int n, ArrayArena<double>? scratch = null)
    {
        var (diagonal, beside, scales) = ReduceInPlace(a, n);
        var vectors = Accumulate(a, n, scales, scratch);
        Iterate(diagonal, beside, vectors, n);

        var order = new int[n];
        for (var i = 0; i < n; i++)
            order[i] = i;
        Array.Sort(diagonal, order);

        // What was reduced is not needed any more.
        for (var i = 0; i < n; i++)
            vectors.AsSpan(order[i] * n, n).CopyTo(a.AsSpan(i * n, n));
        return (diagonal, a);
    }

    /// <summary>The eigenvalues alone, smallest first: a fraction of the work of <see cref="Decompose"/>.</summary>
    /// <param name="a">A symmetric matrix of n×n values, which is overwritten; only its lower triangle is read.</param>
    /// <param name="n">n.</param>
    /// <exception cref="ArithmeticException">The matrix holds NaN or infinity.</exception>
    internal static double[] GetValuesInPlace(double[] a, int n)
    {
        var (diagonal, beside, _) = ReduceInPlace(a, n);
        Iterate(diagonal, beside, [], n);
        Array.Sort(diagonal);
        return diagonal;
    }

    private static (double[] Diagonal, double[] Beside, double[] Scales) ReduceInPlace(double[] a, int n)
    {
        if (!double.IsFinite(TensorPrimitives.Sum<double>(a)))
            throw new ArithmeticException("A matrix has no spectrum: it holds NaN or infinity, or numbers too large to add.");
        KernelWork.AddDecomposition();
        var (diagonal, beside, scales) = (new double[n], new double[n], new double[n]);
        if (n > 0)
            Reduce(a, n, diagonal, beside, scales);
        return (diagonal, beside, scales);
    }

    /// <summary>T = QᵀAQ by n−2 reflections H = I − τvvᵀ. The last row of what is left is reflected onto its last entry but one; row i keeps its v.</summary>
    private static void Reduce(double[] a, int n, double[] diagonal, double[] beside, double[] scales)
    {
        var product = new double[n];
        for (var i = n - 1; i > 0; i--)
        {
            var row = a.AsSpan(i * n, i);
            diagonal[i] = a[i * n + i];
            var largest = TensorPrimitives.MaxMagnitude<double>(row);
            var norm = largest == 0 ? 0 : Math.Abs(largest) * Math.Sqrt(SumOfScaledSquares(row, Math.Abs(largest)));
            if (i == 1 || norm == Math.Abs(row[i - 1]))
            {
                beside[i] = row[i - 1];
                scales[i] = 0;
                continue;
            }

            // v = x + sign(x_last)·‖x‖·e_last, in units of its last entry, so that τ is between 1 and 2.
            var last = row[i - 1];
            var reflected = last >= 0 ? -norm : norm;
            beside[i] = reflected;
            var tau = scales[i] = (reflected - last) / reflected;
            TensorPrimitives.Divide(row, last - reflected, row);
            row[i - 1] = 1;

            // A ← HAH = A − vwᵀ − wvᵀ with w = p − ½τ(pᵀv)v and p = τAv, of which the lower triangle is held.
            var p = product.AsSpan(0, i);
            p.Clear();
            for (var k = 0; k < i; k++)
            {
                p[k] += DoubleKernels.DotAndAdd(a.AsSpan(k * n, k), row, row[k], p) + a[k * n + k] * row[k];
            }

            TensorPrimitives.Multiply(p, tau, p);
            DoubleKernels.Add(-tau / 2 * DoubleKernels.Dot(p, row), row, p);
            for (var k = 0; k < i; k++)
                DoubleKernels.Add(-p[k], row, -row[k], p, a.AsSpan(k * n, k + 1));
        }

        diagonal[0] = a[0];
    }

    private static double SumOfScaledSquares(ReadOnlySpan<double> values, double scale)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value / scale * (value / scale);
        return sum;
    }

    /// <summary>Qᵀ of the reflections.</summary>
    private static double[] Accumulate(double[] a, int n, double[] scales, ArrayArena<double>? scratch)
    {
        var transposed = DoubleMatrix.AddDiagonal(ArrayArena<double>.RentZeros(scratch, n * n), n, 1);
        for (var i = 2; i < n; i++)
        {
            if (scales[i] == 0)
                continue;

            // The reflections before this one have left rows and columns from i−1 on as they were, but for the corner that v reaches.
            var v = a.AsSpan(i * n, i);
            for (var k = 0; k < i; k++)
            {
                var line = transposed.AsSpan(k * n, i);
                DoubleKernels.Add(-scales[i] * DoubleKernels.Dot(line, v), v, line);
            }
        }

        return transposed;
    }

    /// <summary>QL steps until nothing stands beside the diagonal; each rotation turns two rows of the vectors, where there are any.</summary>
    private static void Iterate(double[] diagonal, double[] beside, double[] vectors, int n)
    {
        if (n == 0)
            return;
        Array.Copy(beside, 1, beside, 0, n - 1);
        beside[n - 1] = 0;
        for (var first = 0; first < n; first++)
        {
            for (var step = 0; ; step++)
            {
                var end = first;
                while (end < n - 1 && Math.Abs(beside[end]) > Negligible * (Math.Abs(diagonal[end]) + Math.Abs(diagonal[end + 1])))
                    end++;
                if (end == first)
                    break;
                if (step == MaximumSteps)
                    throw new ArithmeticException($"The eigenvalues of a matrix of {n}×{n} did not come to rest within {MaximumSteps} steps each.");
                Step(diagonal, beside, vectors, n, first, end);
            }
        }
    }

    private static void Step(double[] diagonal, double[] beside, double[] vectors, int n, int first, int end)
    {
        var slope = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
        var root = Hypotenuse(slope, 1);
        var shifted = diagonal[end] - diagonal[first] + beside[first] / (slope + Math.CopySign(root, slope));
        var (sine, cosine, taken) = (1.0, 1.0, 0.0);
        for (var i = end - 1; i >= first; i--)
        {
            var (f, b) = (sine * beside[i], cosine * beside[i]);
            beside[i + 1] = root = Hypotenuse(f, shifted);
            if (root == 0)
            {
                diagonal[i + 1] -= taken;
                beside[end] = 0;
                return;
            }

            (sine, cosine) = (f / root, shifted / root);
            shifted = diagonal[i + 1] - taken;
            root = (diagonal[i] - shifted) * sine + 2 * cosine * b;
            taken = sine * root;
            diagonal[i + 1] = shifted + taken;
            shifted = cosine * root - b;
            if (vectors.Length > 0)
                DoubleKernels.Rotate(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), cosine, sine);
        }

        diagonal[first] -= taken;
        beside[first] = shifted;
        beside[end] = 0;
    }

    private static double Hypotenuse(double a, double b)
    {
        var (large, small) = (Math.Max(Math.Abs(a), Math.Abs(b)), Math.Min(Math.Abs(a), Math.Abs(b)));
        return large == 0 ? 0 : large * Math.Sqrt(1 + small / large * (small / large));
    }
}
