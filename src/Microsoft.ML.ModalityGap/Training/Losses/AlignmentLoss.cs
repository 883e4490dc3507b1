namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.Alignment"/>: of unit vectors, ‖x − y‖² = 2 − 2 x·y.</summary>
internal sealed class AlignmentLoss : ElementaryLoss
{
    public override string ToString() => "Alignment()";

    internal override double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
    {
        // Both directions see the same entries.
        if (direction.IsReverse)
            return 0;

        var count = direction.Count;
        var gradient = weight * T.CreateTruncating(-2.0 / count);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            sum += 2 - 2 * double.CreateTruncating(direction.Cross[i * count + i]);
            direction.CrossGradient[i * count + i] += gradient;
        }

        return sum / count;
    }
}
