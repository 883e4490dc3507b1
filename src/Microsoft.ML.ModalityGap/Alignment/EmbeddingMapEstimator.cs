using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The base of the estimators that fit an <see cref="EmbeddingMap"/> per modality from <see cref="ModalityStatistics"/>. A derived class says which
/// statistics it needs and which map they make; columns, fitting, schema and persistence are here.
/// </summary>
public abstract class EmbeddingMapEstimator : IEstimator<EmbeddingMapTransformer>
{
    private readonly ModalityFitOptions _options;

    private protected EmbeddingMapEstimator(IHostEnvironment env, string name, ModalityColumns columns, ModalityFitOptions options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(options);
        Host = env.Register(name);
        Columns = columns;
        _options = options;
    }

    /// <summary>The columns the maps are fitted on and applied to.</summary>
    public ModalityColumns Columns { get; }

    private protected IHost Host { get; }

    private ModalityStatisticsOptions StatisticsOptions =>
        new() { Normalize = _options.NormalizeInput, UnusableRows = _options.UnusableRows, Moments = Moments };

    /// <summary>How much the maps need to know of the data.</summary>
    private protected abstract ModalityMoments Moments { get; }

    /// <summary>Fits one map per modality, in one pass over the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or a modality has too few usable rows.</exception>
    public EmbeddingMapTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return CreateTransformer(new ModalityStatisticsFitter(Host, Columns, StatisticsOptions).Fit(input));
    }

    /// <summary>Fits one map per modality, each on a data set of its own: the rows need not be pairs, nor equally many.</summary>
    /// <param name="inputs">Per input column the data that has it. For a modality per column only; in long data the rows are free of each other anyway.</param>
    /// <exception cref="ArgumentException">A column's data is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing in its data or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or a modality has too few usable rows.</exception>
    /// <exception cref="InvalidOperationException">The columns have a modality per row.</exception>
    public EmbeddingMapTransformer Fit(IReadOnlyDictionary<string, IDataView> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (Columns.ModalityColumnName is not null)
            throw new InvalidOperationException("Data sets per modality are for a modality per column. In data with a modality per row, append the rows of all.");

        return CreateTransformer([.. Columns.Pairs.Select(pair => inputs.GetValueOrDefault(pair.Input) is { } input
            ? new ModalityStatisticsFitter(Host, ModalityColumns.PerColumn(pair.Input), StatisticsOptions).Fit(input)[0]
            : throw new ArgumentException($"There is no data for the modality '{pair.Input}'.", nameof(inputs)))]);
    }

    /// <summary>Makes the maps from statistics computed before, such as merged ones of many shards.</summary>
    /// <param name="statistics">Per modality, with the moments this method needs. In wide data the names are those of the input columns.</param>
    /// <exception cref="ArgumentException">A modality is missing, or its statistics hold too little or were normalised otherwise.</exception>
    public EmbeddingMapTransformer Fit(IReadOnlyDictionary<string, ModalityStatistics> statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var names = Columns.ModalityColumnName is null ? Columns.Pairs.Select(pair => pair.Input) : statistics.Keys.Order(StringComparer.Ordinal);
        return CreateTransformer([.. names.Select(name => (name, Check(name, statistics.GetValueOrDefault(name))))]);
    }

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Columns.PromiseSchema(Host, inputSchema, KeepsDimension);

    /// <summary>Whether the maps yield as many dimensions as they take, so that annotations of single dimensions stay true.</summary>
    private protected virtual bool KeepsDimension => true;

    /// <summary>The fewest usable rows a modality may have.</summary>
    private protected virtual int MinimumCount => 2;

    /// <summary>Decides the maps, one per modality, in the same order.</summary>
    private protected abstract IReadOnlyList<EmbeddingMap> CreateMaps(IReadOnlyList<ModalityStatistics> statistics);

    private EmbeddingMapTransformer CreateTransformer(IReadOnlyList<(string Modality, ModalityStatistics Statistics)> modalities)
    {
        foreach (var (name, statistics) in modalities)
        {
            if (statistics.Count < MinimumCount)
                throw new InvalidDataException($"The modality '{name}' has {statistics.Count} usable row, but at least {MinimumCount} are needed: the mean of one row is the row itself.");
        }

        var maps = CreateMaps([.. modalities.Select(entry => entry.Statistics)]);
        return new EmbeddingMapTransformer(Host, Columns, [.. modalities.Select((entry, i) => new ModalityMap(entry.Modality, maps[i], entry.Statistics))]);
    }

    private ModalityStatistics Check(string name, ModalityStatistics? statistics)
    {
        if (statistics is null)
            throw new ArgumentException($"There are no statistics for the modality '{name}'.", nameof(statistics));
        if (statistics.Moments < Moments)
            throw new ArgumentException($"The statistics of '{name}' hold {statistics.Moments}, but {Moments} is needed.", nameof(statistics));
        if (statistics.Normalized != _options.NormalizeInput)
        {
            throw new ArgumentException(
                $"The statistics of '{name}' are of {(statistics.Normalized ? "normalised" : "unnormalised")} rows, but {nameof(ModalityFitOptions.NormalizeInput)} is {_options.NormalizeInput}.",
                nameof(statistics));
        }

        return statistics;
    }
}
