namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A loss that is no combination of others. It sees a batch as matrices of cosines, one direction at a time, and adds its gradient to theirs; the way from
/// there to the embeddings is <see cref="LossEvaluator{T}"/>'s. A new loss is a file with such a class, and a method of <see cref="Loss"/>.
/// </summary>
internal abstract class ElementaryLoss : Loss
{
    /// <summary>Whether <see cref="LossDirection{T}.Within"/> is looked at.</summary>
    internal virtual bool NeedsWithin => false;

    /// <summary>Whether <see cref="LossDirection{T}.InputWithin"/> is looked at.</summary>
    internal virtual bool NeedsInputs => false;

    /// <summary>Where the loss's own parameters begin; empty when it has none.</summary>
    internal virtual IReadOnlyList<double> InitialParameters => [];

    internal override void CollectTerms(ICollection<LossTerm> terms, double weight, int? prefix) => terms.Add(new LossTerm(this, weight, prefix));

    /// <summary>Brings parameters that an update carried out of their range back into it.</summary>
    internal virtual void LimitParameters<T>(Span<T> parameters)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The share that one direction has in the loss; both together are the loss.</summary>
    /// <typeparam name="T">Float when training; double when gradients are checked.</typeparam>
    /// <param name="direction">The batch seen from one modality. Its gradients grow by the gradient times <paramref name="weight"/>.</param>
    /// <param name="weight">What the loss counts.</param>
    /// <param name="parameters">The loss's own parameters.</param>
    /// <param name="parameterGradients">Grow by their gradients times <paramref name="weight"/>.</param>
    /// <returns>The loss, not multiplied by <paramref name="weight"/>.</returns>
    internal abstract double Evaluate<T>(LossDirection<T> direction, T weight, ReadOnlySpan<T> parameters, Span<T> parameterGradients)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;
}
