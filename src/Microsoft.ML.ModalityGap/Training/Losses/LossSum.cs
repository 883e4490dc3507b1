namespace Microsoft.ML.ModalityGap;

/// <summary><c>a + b</c>.</summary>
internal sealed class LossSum : Loss
{
    private readonly Loss _left;
    private readonly Loss _right;

    internal LossSum(Loss left, Loss right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        (_left, _right) = (left, right);
    }

    public override string ToString() => $"{_left} + {_right}";

    internal override void CollectTerms(ICollection<LossTerm> terms, double weight, int? prefix)
    {
        _left.CollectTerms(terms, weight, prefix);
        _right.CollectTerms(terms, weight, prefix);
    }
}
