using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>What this library does beside transforms: measure, read and write. Obtained from <c>mlContext.ModalityGap()</c>.</summary>
public sealed partial class ModalityGapCatalog
{
    private readonly IHost _host;

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

    /// <summary>Makes a transformer of maps that are at hand, such as loaded or hand-made ones.</summary>
    /// <param name="columns">The columns to apply them to.</param>
    /// <param name="modalities">A map per modality: in wide data in the order of the columns and named as their inputs.</param>
    /// <exception cref="ArgumentException">The modalities do not fit the columns.</exception>
    public EmbeddingMapTransformer CreateTransformer(ModalityColumns columns, params IReadOnlyList<ModalityMap> modalities) => new(_host, columns, modalities);
}
