namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Loss.Matryoshka"/>.</summary>
internal sealed class MatryoshkaLoss : Loss
{
    private readonly Loss _inner;
    private readonly int[] _prefixes;

    internal MatryoshkaLoss(Loss inner, IReadOnlyList<int> prefixes)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(prefixes);
        if (prefixes.Count == 0)
            throw new ArgumentException("Name at least one prefix.", nameof(prefixes));
        foreach (var prefix in prefixes)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(prefix, nameof(prefixes));
        if (prefixes.Distinct().Count() < prefixes.Count)
            throw new ArgumentException("A prefix is given twice.", nameof(prefixes));
        (_inner, _prefixes) = (inner, [.. prefixes]);
    }

    public override string ToString() => $"Matryoshka({_inner}; {string.Join(", ", _prefixes)})";

    internal override void CollectTerms(ICollection<LossTerm> terms, double weight, int? prefix)
    {
        // A prefix of a prefix is the shorter of both.
        foreach (var length in _prefixes)
            _inner.CollectTerms(terms, weight / _prefixes.Length, Math.Min(length, prefix ?? length));
    }
}
