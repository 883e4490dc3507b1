using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Matrix products in the precision of training: the project's kernel for float, a plain loop for the double in which gradients are checked.</summary>
internal static class TrainingMatrix
{
    /// <summary>c (m×n) = op(a) (m×k) · op(b) (k×n), or c += that.</summary>
    internal static void Multiply<T>(
        ReadOnlySpan<T> a, bool transposeA, ReadOnlySpan<T> b, bool transposeB, int m, int n, int k, Span<T> c, bool accumulate, int maxDegreeOfParallelism)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        a = a[..(m * k)];
        b = b[..(k * n)];
        c = c[..(m * n)];
        if (typeof(T) == typeof(float))
        {
            MatrixProduct.Multiply(
                MemoryMarshal.Cast<T, float>(a), transposeA, MemoryMarshal.Cast<T, float>(b), transposeB, m, n, k, MemoryMarshal.Cast<T, float>(c), accumulate, maxDegreeOfParallelism);
            return;
        }

        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = T.Zero;
                for (var p = 0; p < k; p++)
                    sum += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                c[i * n + j] = accumulate ? c[i * n + j] + sum : sum;
            }
        }
    }
}
