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
        _ => CreateCovariance(dimension),
    };

    /// <exception cref="ArgumentOutOfRangeException">There are more dimensions than a matrix can have.</exception>
    internal static CovarianceSums CreateCovariance(int dimension)
    {
        DoubleMatrix.CheckSide(dimension);
        return new CovarianceSums(dimension);
    }

    /// <summary>Adds x·scale, whose squared norm the caller has at hand.</summary>
    internal abstract void Add(ReadOnlySpan<float> row, float scale, double squaredNorm);

    /// <summary>Adds four rows, each times a scale of its own; their squared norms come as a sum.</summary>
    internal virtual void AddFour(ReadOnlySpan<float> rows, ReadOnlySpan<float> scales, double squaredNorms) => throw new InvalidOperationException();

    internal abstract ModalityStatistics Build(long skipped, bool normalized);
}
