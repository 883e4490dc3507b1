namespace Microsoft.ML.ModalityGap;

/// <summary><c>w * a</c>.</summary>
internal sealed class WeightedLoss : Loss
{
    private readonly double _weight;
    private readonly Loss _inner;

    internal WeightedLoss(double weight, Loss inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (!double.IsFinite(weight) || weight < 0)
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight must be finite and not negative.");
        (_weight, _inner) = (weight, inner);
    }

    public override string ToString() => _inner is LossSum ? $"{Format(_weight)} * ({_inner})" : $"{Format(_weight)} * {_inner}";

    internal override void CollectTerms(ICollection<LossTerm> terms, double weight, int? prefix) => _inner.CollectTerms(terms, _weight * weight, prefix);
}
