namespace Microsoft.ML.ModalityGap;

/// <summary>The running sums behind <see cref="ModalityStatisticsBuilder"/>, in double; one class per <see cref="ModalityMoments"/>.</summary>
internal abstract class MomentSums(int dimension)
{
    internal int Dimension { get; } = dimension;

    internal long Count { get; private protected set; }

    /// <summary>Whether <see cref="AddFour"/> may be called.</summary>
    internal virtual bool TakesFourRows => false;

    internal static MomentSums Create(int dimension, ModalityMoments moments) => moments switch
    {
        ModalityMoments.Mean => new MeanSums(dimension),
        ModalityMoments.Variance => new VarianceSums(dimension),
        _ => new CovarianceSums(dimension),
    };

    /// <summary>Adds x·scale.</summary>
    internal abstract void Add(ReadOnlySpan<float> row, float scale);

    /// <summary>Adds four rows, each times a scale of its own.</summary>
    internal virtual void AddFour(ReadOnlySpan<float> rows, ReadOnlySpan<float> scales) => throw new InvalidOperationException();

    internal abstract ModalityStatistics Build(long skipped, bool normalized);
}
