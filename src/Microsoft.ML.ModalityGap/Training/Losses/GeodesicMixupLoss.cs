using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.GeodesicMixup"/>.</summary>
internal sealed class GeodesicMixupLoss : ScaledLoss
{
    // λ by Jöhnk's rejection, which takes many attempts where α is large.
    private const double MaximumAlpha = 4;

    private readonly double _alpha;

    internal GeodesicMixupLoss(LogitScale scale, double alpha)
        : base(scale)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CheckPositive(alpha, nameof(alpha)), MaximumAlpha, nameof(alpha));
        _alpha = alpha;
    }

    internal override bool NeedsWithin => true;

    public override string ToString() => $"GeodesicMixup({Scale}, alpha {Format(_alpha)})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var count = direction.Count;
        var scale = GetScale(parameters);

        // λ goes with the first modality, whichever has the queries.
        var lambda = SampleBeta(new SplitMix64(direction.Seed), _alpha);
        var (ofWithin, ofCross) = direction.IsReverse ? (1 - lambda, lambda) : (lambda, 1 - lambda);
        var within = direction.GetScratch(0);
        var cross = direction.GetScratch(1);
        var withinGradient = direction.GetScratch(2);
        var crossGradient = direction.GetScratch(3);
        withinGradient.Clear();
        crossGradient.Clear();
        for (var j = 0; j < count; j++)
        {
            var cosine = double.CreateTruncating(direction.Cross[j * count + j]);
            within[j] = T.CreateTruncating(Coefficient(ofWithin, cosine).Value);
            cross[j] = T.CreateTruncating(Coefficient(ofCross, cosine).Value);
        }

        var values = direction.GetScratch(4);
        var gradient = direction.GetScratch(5);
        var rowWeight = weight / T.CreateTruncating(2 * count);
        var (loss, scaleGradient) = (0.0, T.Zero);
        for (var i = 0; i < count; i++)
        {
            var withinRow = direction.GetRow(direction.Within, i);
            var crossRow = direction.GetRow(direction.Cross, i);
            TensorPrimitives.Multiply(withinRow, within, values);
            TensorPrimitives.MultiplyAdd(crossRow, cross, values, values);
            values[i] = crossRow[i];
            loss += double.CreateTruncating(LossMath.SoftMax(values, scale, gradient) - scale * crossRow[i]);
            gradient[i] -= T.One;
            TensorPrimitives.Multiply(gradient, rowWeight * scale, gradient);
            scaleGradient += TensorPrimitives.Dot<T>(gradient, values);

            direction.CrossGradient[i * count + i] += gradient[i];
            gradient[i] = T.Zero;
            TensorPrimitives.MultiplyAdd(gradient, within, direction.GetRow(direction.WithinGradient, i), direction.GetRow(direction.WithinGradient, i));
            TensorPrimitives.MultiplyAdd(gradient, cross, direction.GetRow(direction.CrossGradient, i), direction.GetRow(direction.CrossGradient, i));
            TensorPrimitives.MultiplyAdd(gradient, withinRow, withinGradient, withinGradient);
            TensorPrimitives.MultiplyAdd(gradient, crossRow, crossGradient, crossGradient);
        }

        // The coefficients move with the angle between partners.
        for (var j = 0; j < count; j++)
        {
            var cosine = double.CreateTruncating(direction.Cross[j * count + j]);
            direction.CrossGradient[j * count + j] +=
                withinGradient[j] * T.CreateTruncating(Coefficient(ofWithin, cosine).Derivative) + crossGradient[j] * T.CreateTruncating(Coefficient(ofCross, cosine).Derivative);
        }

        AddScaleGradient(parameterGradients, scaleGradient);
        return loss / (2 * count);
    }

    /// <summary>sin(λθ)/sin θ with cos θ = s, and its derivative by s.</summary>
    internal static (double Value, double Derivative) Coefficient(double lambda, double cosine)
    {
        const double Near = 1e-6;

        // Where both points are one: the first terms of the series in θ², which is 2(1 − s).
        if (1 - cosine < Near)
            return (lambda * (1 + (1 - lambda * lambda) * (1 - cosine) / 3), -lambda * (1 - lambda * lambda) / 3);

        // Opposite points are joined by no single great circle.
        var isOpposite = cosine < -1 + Near;
        var angle = Math.Acos(isOpposite ? -1 + Near : cosine);
        var sine = Math.Sin(angle);
        var (partSine, partCosine) = Math.SinCos(lambda * angle);
        return (partSine / sine, isOpposite ? 0 : (partSine * cosine - lambda * partCosine * sine) / (sine * sine * sine));
    }

    /// <summary>Jöhnk, 1964: U^(1/α)/(U^(1/α) + V^(1/α)) where the sum is at most 1.</summary>
    internal static double SampleBeta(SplitMix64 random, double alpha)
    {
        while (true)
        {
            var u = Math.Pow(random.NextDouble(), 1 / alpha);
            var v = Math.Pow(random.NextDouble(), 1 / alpha);
            if (u + v is <= 1 and > 0)
                return u / (u + v);
        }
    }
}
