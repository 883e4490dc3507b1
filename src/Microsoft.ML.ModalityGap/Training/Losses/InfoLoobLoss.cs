using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.InfoLOOB"/>.</summary>
internal sealed class InfoLoobLoss(LogitScale scale) : ScaledLoss(scale)
{
    public override string ToString() => $"InfoLOOB({Scale})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var count = direction.Count;
        var scale = GetScale(parameters);
        var values = direction.GetScratch(0);
        var gradient = direction.GetScratch(1);
        var rowWeight = weight / T.CreateTruncating(2 * count);
        var (loss, scaleGradient) = (0.0, T.Zero);
        for (var i = 0; i < count; i++)
        {
            var row = direction.GetRow(direction.Cross, i);
            LossMath.CopyWithout(row, i, values);
            loss += double.CreateTruncating(LossMath.SoftMax(values, scale, gradient) - scale * row[i]);
            gradient[i] = -T.One;
            LossMath.AddScaled(gradient, rowWeight * scale, direction.GetRow(direction.CrossGradient, i));
            scaleGradient += rowWeight * scale * TensorPrimitives.Dot<T>(gradient, row);
        }

        AddScaleGradient(parameterGradients, scaleGradient);
        return loss / (2 * count);
    }
}
