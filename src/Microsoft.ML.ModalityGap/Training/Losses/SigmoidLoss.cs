using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.Sigmoid"/>.</summary>
internal sealed class SigmoidLoss : ScaledLoss
{
    private readonly double _bias;
    private readonly bool _learnsBias;

    internal SigmoidLoss(LogitScale scale, double bias, bool learnsBias)
        : base(scale)
    {
        if (!double.IsFinite(bias))
            throw new ArgumentOutOfRangeException(nameof(bias), bias, "The bias must be finite.");
        (_bias, _learnsBias) = (bias, learnsBias);
    }

    internal override IReadOnlyList<double> InitialParameters => _learnsBias ? [.. base.InitialParameters, _bias] : base.InitialParameters;

    public override string ToString() => $"Sigmoid({Scale}, bias {(_learnsBias ? "from " : "")}{Format(_bias)})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        // Both directions see the same entries.
        if (direction.IsReverse)
            return 0;

        var count = direction.Count;
        var scale = GetScale(parameters);
        var bias = _learnsBias ? parameters[^1] : T.CreateTruncating(_bias);
        var logits = direction.GetScratch(0);
        var gradient = direction.GetScratch(1);
        var rowWeight = weight / T.CreateTruncating(count);
        var (loss, scaleGradient, biasGradient) = (0.0, T.Zero, T.Zero);
        for (var i = 0; i < count; i++)
        {
            // −log sigmoid(z u) is softplus(u) for a stranger, z = −1, and softplus(u) − u for the partner.
            var row = direction.GetRow(direction.Cross, i);
            TensorPrimitives.Multiply(row, scale, logits);
            TensorPrimitives.Add(logits, bias, logits);
            loss -= double.CreateTruncating(logits[i]);
            TensorPrimitives.Sigmoid<T>(logits, gradient);
            gradient[i] -= T.One;
            LossMath.AddScaled(gradient, rowWeight * scale, direction.GetRow(direction.CrossGradient, i));
            scaleGradient += rowWeight * scale * TensorPrimitives.Dot<T>(gradient, row);
            biasGradient += rowWeight * TensorPrimitives.Sum<T>(gradient);
            loss += double.CreateTruncating(SumOfSoftplus(logits, gradient));
        }

        AddScaleGradient(parameterGradients, scaleGradient);
        if (_learnsBias)
            parameterGradients[^1] += biasGradient;
        return loss / count;
    }

    /// <summary>Σ log(1 + exp u) = Σ max(u, 0) + log(1 + exp(−|u|)), which overflows nowhere.</summary>
    private static T SumOfSoftplus<T>(ReadOnlySpan<T> values, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Max(values, T.Zero, scratch);
        var sum = TensorPrimitives.Sum<T>(scratch);
        TensorPrimitives.Abs(values, scratch);
        TensorPrimitives.Negate<T>(scratch, scratch);
        TensorPrimitives.Exp<T>(scratch, scratch);
        TensorPrimitives.LogP1<T>(scratch, scratch);
        return sum + TensorPrimitives.Sum<T>(scratch);
    }
}
