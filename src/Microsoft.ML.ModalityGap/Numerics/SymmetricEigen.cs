using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

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
        if (n == 0)
            return ([], []);
        if (!double.IsFinite(TensorPrimitives.Sum(matrix)))
            throw new ArithmeticException("A matrix has no spectrum: it holds NaN or infinity, or numbers too large to add.");
        var a = matrix[..(n * n)].ToArray();
        var (diagonal, beside, scales) = (new double[n], new double[n], new double[n]);
        Reduce(a, n, diagonal, beside, scales);
        var vectors = Accumulate(a, n, scales);
        Iterate(diagonal, beside, vectors, n);

        var order = Enumerable.Range(0, n).ToArray();
        Array.Sort([.. diagonal], order);
        var sorted = new double[n * n];
        for (var i = 0; i < n; i++)
            vectors.AsSpan(order[i] * n, n).CopyTo(sorted.AsSpan(i * n, n));
        return ([.. order.Select(i => diagonal[i])], sorted);
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
                var line = a.AsSpan(k * n, k);
                p[k] += TensorPrimitives.Dot<double>(line, row[..k]) + a[k * n + k] * row[k];
                TensorPrimitives.MultiplyAdd(line, row[k], p[..k], p[..k]);
            }

            TensorPrimitives.Multiply(p, tau, p);
            TensorPrimitives.MultiplyAdd(row, -tau / 2 * TensorPrimitives.Dot<double>(p, row), p, p);
            for (var k = 0; k < i; k++)
            {
                var line = a.AsSpan(k * n, k + 1);
                TensorPrimitives.MultiplyAdd(row[..(k + 1)], -p[k], line, line);
                TensorPrimitives.MultiplyAdd(p[..(k + 1)], -row[k], line, line);
            }
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
    private static double[] Accumulate(double[] a, int n, double[] scales)
    {
        var transposed = DoubleMatrix.AddDiagonal(new double[n * n], n, 1);
        for (var i = 2; i < n; i++)
        {
            if (scales[i] == 0)
                continue;

            // The reflections before this one have left rows and columns from i−1 on as they were, but for the corner that v reaches.
            var v = a.AsSpan(i * n, i);
            for (var k = 0; k < i; k++)
            {
                var line = transposed.AsSpan(k * n, i);
                TensorPrimitives.MultiplyAdd(v, -scales[i] * TensorPrimitives.Dot<double>(line, v), line, line);
            }
        }

        return transposed;
    }

    /// <summary>QL steps until nothing stands beside the diagonal; each rotation turns two rows of the vectors.</summary>
    private static void Iterate(double[] diagonal, double[] beside, double[] vectors, int n)
    {
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
            Rotate(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), cosine, sine);
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

    /// <summary>upper ← c·upper − s·lower and lower ← s·upper + c·lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a program may run it for a second only; the first tier would take most of it
    private static void Rotate(Span<double> upper, Span<double> lower, double cosine, double sine)
    {
        var (c, s) = (new Vector<double>(cosine), new Vector<double>(sine));
        var width = Vector<double>.Count;
        var at = 0;
        for (; at + width <= upper.Length; at += width)
        {
            var (x, y) = (new Vector<double>(upper[at..]), new Vector<double>(lower[at..]));
            (c * x - s * y).CopyTo(upper[at..]);
            (s * x + c * y).CopyTo(lower[at..]);
        }

        for (; at < upper.Length; at++)
            (upper[at], lower[at]) = (cosine * upper[at] - sine * lower[at], sine * upper[at] + cosine * lower[at]);
    }
}
