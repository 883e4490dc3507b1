using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.DecoupledContrastive"/>.</summary>
internal sealed class DecoupledContrastiveLoss : ScaledLoss
{
    private readonly double? _weightTemperature;

    internal DecoupledContrastiveLoss(LogitScale scale, double? weightTemperature)
        : base(scale)
    {
        _weightTemperature = weightTemperature is { } value ? CheckPositive(value, nameof(weightTemperature)) : null;
    }

    internal override bool NeedsWithin => true;

    public override string ToString() => $"DecoupledContrastive({Scale}{(_weightTemperature is { } value ? $", weight temperature {Format(value)}" : "")})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var count = direction.Count;
        var scale = GetScale(parameters);
        var values = direction.GetScratch(0, 2);
        var gradient = direction.GetScratch(2, 2);
        var positives = direction.GetScratch(4);
        var positiveGradient = direction.GetScratch(5);
        for (var i = 0; i < count; i++)
            positives[i] = direction.Cross[i * count + i];
        var positiveSum = WeighPositives(positives, positiveGradient);

        var rowWeight = weight / T.CreateTruncating(2 * count);
        var (loss, scaleGradient) = (-double.CreateTruncating(scale * positiveSum), -rowWeight * scale * positiveSum);
        for (var i = 0; i < count; i++)
        {
            LossMath.CopyWithout(direction.GetRow(direction.Cross, i), i, values[..count]);
            LossMath.CopyWithout(direction.GetRow(direction.Within, i), i, values[count..]);
            loss += double.CreateTruncating(LossMath.SoftMax(values, scale, gradient));
            LossMath.AddScaled(gradient[..count], rowWeight * scale, direction.GetRow(direction.CrossGradient, i));
            LossMath.AddScaled(gradient[count..], rowWeight * scale, direction.GetRow(direction.WithinGradient, i));
            direction.CrossGradient[i * count + i] -= rowWeight * scale * positiveGradient[i];

            // What takes no part has probability 0; its value must be finite for the product to be 0.
            values[i] = values[count + i] = T.Zero;
            scaleGradient += rowWeight * scale * TensorPrimitives.Dot<T>(gradient, values);
        }

        AddScaleGradient(parameterGradients, scaleGradient);
        return loss / (2 * count);
    }

    /// <summary>Σ_i w_i s_i, and its gradient: with p = softmax(s/ω), w_i = 2 − N p_i and d/ds_k = w_k − N/ω·p_k (s_k − Σ p_i s_i).</summary>
    private T WeighPositives<T>(ReadOnlySpan<T> positives, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (_weightTemperature is not { } temperature)
        {
            gradient.Fill(T.One);
            return TensorPrimitives.Sum(positives);
        }

        var count = T.CreateTruncating(positives.Length);
        LossMath.SoftMax(positives, T.CreateTruncating(1 / temperature), gradient);
        var mean = TensorPrimitives.Dot<T>(gradient, positives);
        var sum = T.Zero;
        for (var i = 0; i < gradient.Length; i++)
        {
            var weight = T.CreateTruncating(2) - count * gradient[i];
            sum += weight * positives[i];
            gradient[i] = weight - count / T.CreateTruncating(temperature) * gradient[i] * (positives[i] - mean);
        }

        return sum;
    }
}
