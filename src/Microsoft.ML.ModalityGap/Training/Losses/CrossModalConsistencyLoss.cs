using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.CrossModalConsistency"/>.</summary>
internal sealed class CrossModalConsistencyLoss : ElementaryLoss
{
    public override string ToString() => "CrossModalConsistency()";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        // Both directions see the same entries.
        if (direction.IsReverse)
            return 0;

        // (s_ij − s_ji)² stands in the sum twice.
        var count = direction.Count;
        var factor = weight * T.CreateTruncating(4.0 / count);
        var difference = direction.GetScratch(0);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.Subtract(direction.GetRow(direction.Cross, i), direction.Other.GetRow(direction.Other.Cross, i), difference);
            sum += double.CreateTruncating(TensorPrimitives.SumOfSquares<T>(difference));
            LossMath.AddScaled(difference, factor, direction.GetRow(direction.CrossGradient, i));
        }

        return sum / count;
    }
}
