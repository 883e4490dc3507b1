namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.Uniformity"/>.</summary>
internal sealed class UniformityLoss(double t) : ElementaryLoss
{
    private readonly double _t = CheckPositive(t, nameof(t));

    internal override bool NeedsWithin => true;

    public override string ToString() => $"Uniformity(t {Format(_t)})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var half = T.CreateTruncating(0.5);
        return LossMath.Uniformity(
            direction.Within, direction.Count, T.CreateTruncating(_t), weight * half, direction.WithinGradient, direction.GetScratch(0)) / 2;
    }
}
