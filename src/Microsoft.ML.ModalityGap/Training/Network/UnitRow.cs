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
        var (ofUnit, ofGradient) = GetFactors(unit, norm, gradient);
        FusedRows.Combine(unit, ofUnit, gradient, ofGradient, destination);
    }

    /// <summary>−(y·dy)/‖z‖ and 1/‖z‖, by which dz is made of y and dy; zeros for a row that points nowhere.</summary>
    internal static (T OfUnit, T OfGradient) GetFactors<T>(ReadOnlySpan<T> unit, T norm, ReadOnlySpan<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (norm == T.Zero)
            return (T.Zero, T.Zero);
        var inverse = T.One / norm;
        return (-TensorPrimitives.Dot(unit, gradient) * inverse, inverse);
    }
}
