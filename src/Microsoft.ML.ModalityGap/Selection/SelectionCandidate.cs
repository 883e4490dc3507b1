namespace Microsoft.ML.ModalityGap;

/// <summary>A method with its options, to be compared by <see cref="ModalityGapCatalog.Select"/>.</summary>
public sealed class SelectionCandidate
{
    private readonly Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>> _create;

    /// <summary>Creates a candidate.</summary>
    /// <param name="name">What it is called in the result; unlike those of the others.</param>
    /// <param name="create">Makes the estimator for two columns; called once per fit.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <example>
    /// <code>
    /// var candidate = new SelectionCandidate("whiten, Ledoit-Wolf", columns => mlContext.Transforms.WhitenModalities(columns, new() { Shrinkage = CovarianceShrinkage.LedoitWolf }));
    /// </code>
    /// </example>
    public SelectionCandidate(string name, Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        Name = name;
        _create = create;
    }

    /// <summary>What it is called in the result.</summary>
    public string Name { get; }

    /// <summary>Candidates with equal keys have the same maps.</summary>
    internal object MapKey => _create;

    /// <summary>The estimator for two columns.</summary>
    /// <param name="columns">The columns.</param>
    public IEstimator<EmbeddingMapTransformer> CreateEstimator(ModalityColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return _create(columns) ?? throw new InvalidOperationException($"The candidate '{Name}' made no estimator.");
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}
