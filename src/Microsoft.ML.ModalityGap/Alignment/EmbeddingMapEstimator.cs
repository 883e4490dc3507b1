using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The base of the estimators that fit an <see cref="EmbeddingMap"/> per modality. A derived class asks the data for what it needs and makes the maps; columns, fitting, schema and
/// persistence are here.
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

    /// <summary>What it does with rows while fitting.</summary>
    internal ModalityFitOptions FitOptions => _options;

    private protected IHost Host { get; }

    /// <summary>Fits one map per modality.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// A row cannot be used and <see cref="UnusableRows.Throw"/> is set, a modality has too few usable rows, or two columns came through maps of different models.
    /// </exception>
    public EmbeddingMapTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);

        // Whatever a method reads of the data, it does not begin with columns that are wrong.
        var columns = Columns.Pairs.Select(pair => EmbeddingColumns.Find(Host, input.Schema, pair.Input)).ToArray();
        foreach (var column in columns)
            MapFingerprint.Check(columns[0], column);
        if (Columns.ModalityColumnName is { } modality)
            EmbeddingColumns.FindModality(Host, input.Schema, modality);
        return Fit(new DataViewFitSource(Host, Columns, _options, input));
    }

    /// <summary>Fits one map per modality, each on a data set of its own: the rows need not be pairs, nor equally many.</summary>
    /// <param name="inputs">Per input column the data that has it. For a modality per column only; in long data the rows are free of each other anyway.</param>
    /// <exception cref="ArgumentException">A column's data is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing in its data or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or a modality has too few usable rows.</exception>
    /// <exception cref="InvalidOperationException">The columns have a modality per row, or the method learns from pairs.</exception>
    public EmbeddingMapTransformer Fit(IReadOnlyDictionary<string, IDataView> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (Columns.ModalityColumnName is not null)
            throw new InvalidOperationException("Data sets per modality are for a modality per column. In data with a modality per row, append the rows of all.");

        return Fit(new SeparateDataFitSource(_options, [.. Columns.Pairs.Select(pair => inputs.GetValueOrDefault(pair.Input) is { } input
            ? (pair.Input, (MapFitSource)new DataViewFitSource(Host, ModalityColumns.PerColumn(pair.Input), _options, input))
            : throw new ArgumentException($"There is no data for the modality '{pair.Input}'.", nameof(inputs)))]));
    }

    /// <summary>Makes the maps from statistics computed before, such as merged ones of many shards.</summary>
    /// <param name="statistics">Per modality, with the moments this method needs. In wide data the names are those of the input columns.</param>
    /// <exception cref="ArgumentException">A modality is missing, or its statistics hold too little or were normalised otherwise.</exception>
    /// <exception cref="InvalidOperationException">The method needs rows or pairs, which these statistics do not hold.</exception>
    public EmbeddingMapTransformer Fit(IReadOnlyDictionary<string, ModalityStatistics> statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var names = Columns.ModalityColumnName is null ? Columns.Pairs.Select(pair => pair.Input) : statistics.Keys.Order(StringComparer.Ordinal);
        return Fit(new StatisticsFitSource(_options, [.. names.Select(name => (name, statistics.GetValueOrDefault(name)))]));
    }

    /// <summary>Makes the maps from statistics of pairs computed before, such as merged ones of many shards.</summary>
    /// <param name="statistics">Those of the two columns, in their order.</param>
    /// <exception cref="ArgumentException">The statistics were normalised otherwise, or have too few folds to choose a shrinkage by.</exception>
    /// <exception cref="InvalidOperationException">There are not two columns, or the method needs rows.</exception>
    public EmbeddingMapTransformer Fit(PairStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        if (Columns.ModalityColumnName is not null || Columns.Pairs.Count != 2)
            throw new InvalidOperationException("Statistics of pairs are for two modalities in columns of their own.");
        return Fit(new StatisticsFitSource(_options, [Columns.Pairs[0].Input, Columns.Pairs[1].Input], statistics));
    }

    /// <summary>The method and its columns.</summary>
    public override string ToString() => $"{GetType().Name} of {Columns}";

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Columns.PromiseSchema(Host, inputSchema, KeepsDimension);

    /// <summary>Whether the maps yield as many dimensions as they take, so that annotations of single dimensions stay true.</summary>
    private protected virtual bool KeepsDimension => true;

    /// <summary>Decides the maps, one per modality of the source, in the same order.</summary>
    internal abstract IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source);

    /// <summary>
    /// Maps rows as the maps of <see cref="CreateMaps"/> do, but for the last bits of a float, by way of spectra that other methods fitted on the same pairs share; <see langword="null"/> where this method or its options
    /// have no such way. Rows come normalised, and leave so.
    /// </summary>
    internal virtual IReadOnlyList<float[]>? MapRows(Func<SpectralPairs> getPairs) => null;

    internal EmbeddingMapTransformer Fit(MapFitSource source)
    {
        var maps = CreateMaps(source);
        return new EmbeddingMapTransformer(
            Host, Columns, [.. source.Modalities.Select((name, i) => new ModalityMap(name, maps[i], source.Statistics?[i]) { ExpectedInput = source.GetExpectedInput(i) })]);
    }
}
