using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>y = z/‖z‖ and the way back.</summary>
internal static class UnitRow
{
    /// <returns>‖z‖, or 0 for a row so short that it points nowhere; then y is zero.</returns>
    internal static T Normalize<T>(ReadOnlySpan<T> source, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var norm = T.Sqrt(TensorPrimitives.SumOfSquares(source));
        if (norm < T.CreateTruncating(1e-12))
        {
            destination.Clear();
            return T.Zero;
        }

        TensorPrimitives.Multiply(source, T.One / norm, destination);
        return norm;
    }

    /// <summary>dz = (dy − y (y·dy))/‖z‖; zero for a row that points nowhere.</summary>
    internal static void Backward<T>(ReadOnlySpan<T> unit, T norm, ReadOnlySpan<T> gradient, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (norm == T.Zero)
        {
            destination.Clear();
            return;
        }

        var inverse = T.One / norm;
        var along = TensorPrimitives.Dot(unit, gradient);
        FusedRows.Combine(unit, -along * inverse, gradient, inverse, destination);
    }
}
