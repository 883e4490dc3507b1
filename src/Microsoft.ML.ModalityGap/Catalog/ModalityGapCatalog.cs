using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>What this library does beside transforms: measure, read and write. Obtained from <c>mlContext.ModalityGap()</c>.</summary>
public sealed partial class ModalityGapCatalog
{
    private readonly IHost _host;

    /// <summary>Where what other packages of ours add to this catalog logs.</summary>
    internal IHost Host => _host;

    internal ModalityGapCatalog(IHostEnvironment env)
    {
        _host = env.Register(nameof(ModalityGapCatalog));
    }

    /// <summary>Computes the statistics of embedding columns in one pass over the data, on several cores.</summary>
    /// <param name="data">The data.</param>
    /// <param name="columns">The columns; output names play no part.</param>
    /// <param name="options">What to compute; <see langword="null"/> for the defaults.</param>
    /// <returns>The statistics per modality, for <see cref="EmbeddingMapEstimator.Fit(IReadOnlyDictionary{string, ModalityStatistics})"/> or for <see cref="ModalityStatistics.Save(string)"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or a modality has no usable row.</exception>
    public IReadOnlyDictionary<string, ModalityStatistics> ComputeStatistics(
        IDataView data, ModalityColumns columns, ModalityStatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(columns);
        return new ModalityStatisticsFitter(_host, columns, options ?? ModalityStatisticsOptions.Default).Fit(data)
            .ToDictionary(entry => entry.Modality, entry => entry.Statistics, StringComparer.Ordinal);
    }

    /// <summary>Computes the joint statistics of two embedding columns whose rows are pairs, in one pass over the data, on several cores.</summary>
    /// <param name="data">The data: row i of both columns is a pair.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other; the dimensions may differ.</param>
    /// <param name="options">Normalisation and unusable rows; <see langword="null"/> for the defaults. Covariances are computed whatever the level of moments.</param>
    /// <param name="folds">In how many parts, for methods that choose a shrinkage by cross-validation; at least 1.</param>
    /// <returns>The statistics, for <see cref="EmbeddingMapEstimator.Fit(PairStatistics)"/> or for <see cref="PairStatistics.Save(string)"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or <paramref name="folds"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or no pair can be used.</exception>
    public PairStatistics ComputePairStatistics(
        IDataView data, string firstColumnName, string secondColumnName, ModalityStatisticsOptions? options = null, int folds = 5)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(firstColumnName);
        ArgumentException.ThrowIfNullOrEmpty(secondColumnName);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(folds);
        return new PairStatisticsFitter(_host, firstColumnName, secondColumnName, options ?? ModalityStatisticsOptions.Default, folds).Fit(data);
    }

    /// <summary>Makes a transformer of maps that are at hand, such as loaded or hand-made ones.</summary>
    /// <param name="columns">The columns to apply them to.</param>
    /// <param name="modalities">A map per modality: in wide data in the order of the columns and named as their inputs.</param>
    /// <exception cref="ArgumentException">The modalities do not fit the columns.</exception>
    public EmbeddingMapTransformer CreateTransformer(ModalityColumns columns, params IReadOnlyList<ModalityMap> modalities) => new(_host, columns, modalities);
}
