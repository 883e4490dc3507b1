using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.InModalConsistency"/>. Each direction has half of the loss, and the whole gradient of its own modality.</summary>
internal sealed class InModalConsistencyLoss : ElementaryLoss
{
    internal override bool NeedsWithin => true;

    public override string ToString() => "InModalConsistency()";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var count = direction.Count;
        var factor = weight * T.CreateTruncating(2.0 / count);
        var difference = direction.GetScratch(0);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.Subtract(direction.GetRow(direction.Within, i), direction.Other.GetRow(direction.Other.Within, i), difference);
            sum += double.CreateTruncating(TensorPrimitives.SumOfSquares<T>(difference));
            LossMath.AddScaled(difference, factor, direction.GetRow(direction.WithinGradient, i));
        }

        return sum / (2 * count);
    }
}
