namespace Microsoft.ML.ModalityGap;

/// <summary>A method with its options, to be compared by <see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/>.</summary>
public sealed class SelectionCandidate
{
    private readonly Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>> _create;

    /// <summary>Creates a candidate.</summary>
    /// <param name="name">What it is called in the result; unlike those of the others.</param>
    /// <param name="create">Makes the estimator of the maps for two columns; called once per fit.</param>
    /// <param name="correction">What is made of similarities behind the maps, fitted on the same pairs; <see langword="null"/> for nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <example>
    /// <code>
    /// var candidate = new SelectionCandidate("whiten, Ledoit-Wolf", columns => mlContext.Transforms.WhitenModalities(columns, new() { Shrinkage = CovarianceShrinkage.LedoitWolf }));
    /// </code>
    /// </example>
    public SelectionCandidate(string name, Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>> create, SimilarityCorrectionOptions? correction = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        (Name, Correction) = (name, correction);
        _create = create;
    }

    /// <summary>What it is called in the result.</summary>
    public string Name { get; }

    /// <summary>What is made of similarities behind the maps, or <see langword="null"/>.</summary>
    public SimilarityCorrectionOptions? Correction { get; }

    /// <summary>The same maps with a correction behind them.</summary>
    /// <param name="name">What that is called.</param>
    /// <param name="correction">The correction.</param>
    internal SelectionCandidate With(string name, SimilarityCorrectionOptions correction) => new(name, _create, correction);

    /// <summary>Candidates with equal keys have the same maps.</summary>
    internal object MapKey => _create;

    /// <summary>The estimator for two columns, of maps and correction together.</summary>
    /// <param name="columns">The columns.</param>
    public IEstimator<EmbeddingMapTransformer> CreateEstimator(ModalityColumns columns)
    {
        var maps = CreateMapEstimator(columns);
        return Correction is null ? maps : new CorrectSimilaritiesEstimator(new MLContext(), maps, Correction);
    }

    /// <summary>That of the maps alone.</summary>
    internal IEstimator<EmbeddingMapTransformer> CreateMapEstimator(ModalityColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return _create(columns) ?? throw new InvalidOperationException($"The candidate '{Name}' made no estimator.");
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}
