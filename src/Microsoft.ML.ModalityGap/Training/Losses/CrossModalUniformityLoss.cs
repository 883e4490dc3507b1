namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.CrossModalUniformity"/>.</summary>
internal sealed class CrossModalUniformityLoss(double t) : ElementaryLoss
{
    private readonly double _t = CheckPositive(t, nameof(t));

    public override string ToString() => $"CrossModalUniformity(t {Format(_t)})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients) =>
        direction.IsReverse // both directions see the same entries
            ? 0
            : LossMath.Uniformity(direction.Cross, direction.Count, T.CreateTruncating(_t), weight, direction.CrossGradient, direction.GetScratch(0));
}
