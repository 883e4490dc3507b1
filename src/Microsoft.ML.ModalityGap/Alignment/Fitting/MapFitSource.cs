namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What a method may ask of the data it is fitted on, whatever that is: a data view, one per modality, statistics computed before, or rows in memory. Each answer costs a pass over the
/// data, unless it was given before.
/// </summary>
internal abstract class MapFitSource(ModalityFitOptions options)
{
    private IReadOnlyList<ModalityStatistics>? _statistics;
    private PairStatistics? _pairs;
    private int _folds;

    /// <summary>The modalities by name: in wide data in the columns' order, in long data in ordinal order.</summary>
    internal abstract IReadOnlyList<string> Modalities { get; }

    /// <summary>The number of dimensions of each modality.</summary>
    internal abstract IReadOnlyList<int> Dimensions { get; }

    /// <summary>What the method has learnt of each modality, for the record; <see langword="null"/> when it asked for nothing.</summary>
    internal IReadOnlyList<ModalityStatistics>? Statistics => _statistics;

    private protected ModalityFitOptions Options => options;

    /// <summary>What the vectors of a modality came through, as <see cref="ModalityMap.ExpectedInput"/>; <see langword="null"/> where that is not known.</summary>
    /// <param name="modality">The number of the modality.</param>
    internal virtual string? GetExpectedInput(int modality) => null;

    /// <summary>The statistics of each modality.</summary>
    /// <exception cref="InvalidDataException">A modality has fewer than 2 usable rows.</exception>
    internal IReadOnlyList<ModalityStatistics> GetStatistics(ModalityMoments moments)
    {
        if (_statistics is null || _statistics[0].Moments < moments)
        {
            _statistics = ComputeStatistics(moments);
            CheckCounts();
        }

        return _statistics;
    }

    /// <summary>The joint statistics of the pairs of two modalities.</summary>
    /// <param name="folds">In how many parts, for cross-validation; 1 where that is not needed.</param>
    /// <exception cref="InvalidDataException">There are fewer than 2 usable pairs.</exception>
    internal virtual PairStatistics GetPairStatistics(int folds = 1)
    {
        if (_pairs is null || _folds < folds)
        {
            (_pairs, _folds) = (ComputePairStatistics(folds), folds);
            _statistics = [_pairs.First, _pairs.Second];
            CheckCounts();
        }

        return _pairs;
    }

    /// <summary>The covariance of partners in each dimension, of two modalities of one dimension.</summary>
    internal virtual IReadOnlyList<double> GetPartnerCovariances()
    {
        var pairs = GetPairStatistics();
        return [.. Enumerable.Range(0, pairs.FirstDimension).Select(i => pairs.GetCrossCovariance(i, i))];
    }

    /// <summary>The spectra of the modalities' covariances.</summary>
    internal virtual IReadOnlyList<SymmetricSpectrum> GetSpectra() =>
        [.. GetStatistics(ModalityMoments.Covariance).Select(statistics => SymmetricSpectrum.Compute(statistics.GetCovariances(), statistics.Dimension))];

    /// <summary>The means of what maps make of the rows; one map per modality.</summary>
    internal abstract IReadOnlyList<ModalityStatistics> Measure(IReadOnlyList<EmbeddingMap> maps);

    /// <summary>Some rows of each modality, drawn at random: where row i of all belongs together, the same rows of all. Normalised where the options say so.</summary>
    /// <param name="count">How many, where there are so many.</param>
    /// <param name="seed">Same seed, same rows.</param>
    internal abstract RowSample Sample(int count, int seed);

    /// <summary>Computes something of the data that other fits on it may need, too; a source that serves many fits keeps it.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="compute">Computes it.</param>
    internal virtual T Share<T>(string name, Func<T> compute)
        where T : class => compute();

    private protected abstract IReadOnlyList<ModalityStatistics> ComputeStatistics(ModalityMoments moments);

    private protected abstract PairStatistics ComputePairStatistics(int folds);

    private protected static InvalidOperationException NeedsRows(string what, string instead) => new($"This method {what}, which statistics do not hold. {instead}");

    private protected static InvalidOperationException NeedsPairs() => new(
        "This method learns from pairs, so it needs both modalities as columns of one data set, row i of both belonging together, or PairStatistics.");

    private void CheckCounts()
    {
        for (var i = 0; i < _statistics!.Count; i++)
        {
            if (_statistics[i].Count < 2)
            {
                throw new InvalidDataException(
                    $"The modality '{Modalities[i]}' has {_statistics[i].Count} usable row, but at least 2 are needed: the mean of one row is the row itself.");
            }
        }
    }
}
