namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.InfoNCE"/>.</summary>
internal sealed class InfoNceLoss : ScaledLoss
{
    private readonly double _smoothing;

    internal InfoNceLoss(LogitScale scale, double labelSmoothing)
        : base(scale)
    {
        if (!(labelSmoothing is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "Label smoothing must be at least 0 and below 1.");
        _smoothing = labelSmoothing;
    }

    public override string ToString() => $"InfoNCE({Scale}, smoothing {Format(_smoothing)})";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        var count = direction.Count;
        var scale = GetScale(parameters);
        var targets = direction.GetScratch(0);
        var scratch = direction.GetScratch(1);
        var other = T.CreateTruncating(_smoothing / count);
        targets.Fill(other);
        var own = T.CreateTruncating(1 - _smoothing) + other;
        var rowWeight = weight / T.CreateTruncating(2 * count);
        var (loss, scaleGradient) = (0.0, T.Zero);
        for (var i = 0; i < count; i++)
        {
            targets[i] = own;
            loss += double.CreateTruncating(LossMath.CrossEntropy(
                direction.GetRow(direction.Cross, i), targets, scale, rowWeight, direction.GetRow(direction.CrossGradient, i), scratch, ref scaleGradient));
            targets[i] = other;
        }

        AddScaleGradient(parameterGradients, scaleGradient);
        return loss / (2 * count);
    }
}
