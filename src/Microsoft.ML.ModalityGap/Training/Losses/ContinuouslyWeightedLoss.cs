using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.ContinuouslyWeighted"/>.</summary>
internal sealed class ContinuouslyWeightedLoss : ScaledLoss
{
    private readonly SimilaritySource _weightsFrom;

    internal ContinuouslyWeightedLoss(LogitScale scale, SimilaritySource weightsFrom)
        : base(scale)
    {
        if (!Enum.IsDefined(weightsFrom))
            throw new ArgumentOutOfRangeException(nameof(weightsFrom), weightsFrom, "Unknown source of similarities.");
        _weightsFrom = weightsFrom;
    }

    internal override bool NeedsInputs => true;

    public override string ToString() => $"ContinuouslyWeighted({_weightsFrom}, {Scale})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var count = direction.Count;
        var scale = GetScale(parameters);
        var isWeighted = _weightsFrom == SimilaritySource.Both || _weightsFrom == (direction.IsReverse ? SimilaritySource.Second : SimilaritySource.First);
        var targets = direction.GetScratch(0);
        var scratch = direction.GetScratch(1);
        var rowWeight = weight / T.CreateTruncating(2 * count);
        var (loss, scaleGradient) = (0.0, T.Zero);
        for (var i = 0; i < count; i++)
        {
            targets.Clear();
            targets[i] = T.One;
            if (isWeighted)
            {
                // A row is like itself, so the sum is at least about 1. Cosines are a rounding error beyond −1 at worst.
                TensorPrimitives.Add(direction.GetRow(direction.InputWithin, i), T.One, targets);
                TensorPrimitives.Max(targets, T.Zero, targets);
                TensorPrimitives.Divide(targets, TensorPrimitives.Sum<T>(targets), targets);
            }

            loss += double.CreateTruncating(LossMath.CrossEntropy(
                direction.GetRow(direction.Cross, i), targets, scale, rowWeight, direction.GetRow(direction.CrossGradient, i), scratch, ref scaleGradient));
        }

        AddScaleGradient(parameterGradients, scaleGradient);
        return loss / (2 * count);
    }
}
