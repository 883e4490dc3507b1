using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Learns from pairs how to bring two modalities together: by ridge regression, by a rotation, or by canonical correlations. Also maps a new encoder's space onto an old one's, so that an index
/// need not be made again.
/// </summary>
/// <remarks>
/// <para>With x̂ = x/‖x‖ and ŷ likewise, means μ, covariances C_x, C_y and C_xy over the pairs, v = tr C_x/d:</para>
/// <list type="bullet">
/// <item><description>ridge: x' ∝ Wᵀ(x̂ − μ_x), W = [(1−γ)C_x + γvI]⁻¹[(1−γ)C_xy + γvT], T = 0 or I; when both go half the way ½(I + W), each way from its own W;</description></item>
/// <item><description>Procrustes: W = UVᵀ of the singular decomposition of (1−γ)C_xy + γvT;</description></item>
/// <item><description>CCA: x' ∝ S^½Uᵀ C_xγ^(−½)(x̂ − μ_x) and y' ∝ S^½Vᵀ C_yγ^(−½)(ŷ − μ_y), USVᵀ = C_xγ^(−½)C_xy C_yγ^(−½).</description></item>
/// </list>
/// <para>With <see cref="AlignModalitiesOptions.Whitening"/> the embeddings are whitened first, and all of this is of the whitened ones. A map holds one matrix all the same.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass over pairs; then O(d³) per shrinkage and fold</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> in two columns; the dimensions may differ where one is mapped onto the other, and for CCA</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/>: with the target's number of dimensions, or CCA's components</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes; a matrix per mapped modality</description></item>
/// </list>
/// <para>Helps with pairs from the same source as the data: a few hundred when drawn towards the identity, as by default, several per dimension otherwise. Hurts with fewer: CCA on 250 pairs of 512 dimensions halves
/// recall.</para>
/// <para><see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/> tells whether it does.</para>
/// <para>The cross-validation judges a shrinkage by how many standard deviations the product of mapped partners left out stands above that of strangers, tr C_x'y'/√tr(C_x'C_y'), so by their covariances alone: it
/// needs no rows.</para>
/// <para>A new encoder: columns New and Old of the same texts, <c>Towards = "Old", KeepTarget = true</c>; then <see cref="EmbeddingMapTransformer.ForColumns"/> puts the map on images, too.</para>
/// <para>Degenerate: directions that do not vary are set to zero where nothing is drawn in. Fewer than 2 usable pairs are refused, as is a modality per row.</para>
/// <para>Source: Schönemann, 1966 (Procrustes); Hotelling, 1936, and Vinod, 1976 (CCA and its ridge); Jang and Lim, Towards cross-modal backward-compatible representation learning, 2024 (arXiv
/// 2405.14715).</para>
/// </remarks>
public sealed class AlignModalitiesEstimator : EmbeddingMapEstimator
{
    private readonly AlignModalitiesOptions _options;

    internal AlignModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, AlignModalitiesOptions? options)
        : base(env, nameof(AlignModalitiesEstimator), columns, options ??= AlignModalitiesOptions.Default)
    {
        TwoModalities.Check(columns, nameof(AlignModalitiesEstimator), needsPairs: true);
        if (options.KeepTarget && (options.Towards is null || options.Method == AlignmentMethod.Cca || options.Whitening is not null))
        {
            throw new ArgumentException(
                $"{nameof(options.KeepTarget)} needs {nameof(options.Towards)}, and neither whitening nor CCA, which map both modalities.", nameof(options));
        }

        if (options.Components is not null && options.Method != AlignmentMethod.Cca)
            throw new ArgumentException($"{nameof(options.Components)} are CCA's.", nameof(options));
        if (options.Whitening is not null && options.Method == AlignmentMethod.Cca)
            throw new ArgumentException($"CCA whitens by itself, with {nameof(options.Shrinkage)}.", nameof(options));
        _options = options;
    }

    /// <summary>The shrinkages that cross-validation chooses from.</summary>
    internal static IReadOnlyList<double> Grid { get; } = [0.1, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99];

    private protected override bool KeepsDimension => false;

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        TwoModalities.Check(source, sameDimension: _options.Method != AlignmentMethod.Cca && _options.Towards is null);
        var target = ModalityNames.Find(source, _options.Towards, nameof(AlignModalitiesOptions.Towards));
        var isIdentity = _options.TowardsIdentity ?? _options.Towards is null;
        if (isIdentity && _options.Method != AlignmentMethod.Cca)
            TwoModalities.Check(source, sameDimension: true);

        var chooses = _options.Shrinkage is null && _options.Method != AlignmentMethod.Procrustes;
        var pairs = source.GetPairStatistics(chooses ? _options.Folds : 1);
        var method = new LinearAlignment(_options, target, isIdentity);
        var shrinkage = chooses ? Choose(pairs, method) : _options.Shrinkage ?? 0;
        var (first, second) = method.Fit(pairs, source.GetSpectra(), shrinkage, source);
        return [CreateMap(pairs.First, first, pairs.Second), CreateMap(pairs.Second, second, pairs.First)];
    }

    internal override IReadOnlyList<float[]>? MapRows(Func<SpectralPairs> getPairs)
    {
        var isPlain = _options is { Method: AlignmentMethod.Ridge, Towards: null, NormalizeInput: true } && (_options.TowardsIdentity ?? true);
        if (!isPlain || _options.Shrinkage is not { } shrinkage || _options.Whitening is { Amount: null })
            return null;
        var pairs = getPairs();
        return pairs.Sides[0].Spectrum.Dimension == pairs.Sides[1].Spectrum.Dimension ? LinearAlignment.MapRows(pairs, _options.Whitening?.Amount, shrinkage) : null;
    }

    /// <summary>The shrinkage under which partners left out stand out best among strangers.</summary>
    private static double Choose(PairStatistics pairs, LinearAlignment method)
    {
        if (pairs.FoldCount < 2)
            throw new InvalidDataException($"Choosing the shrinkage takes pairs in at least 2 folds, but there is {pairs.FoldCount}. Set the shrinkage.");
        var scores = new double[pairs.FoldCount][];
        ParallelFor.Run(scores.Length, -1, fold =>
        {
            var others = pairs.LeaveOut(fold);
            var spectra = new[] { others.First, others.Second }.Select(entry => SymmetricSpectrum.Compute(entry.GetCovariances(), entry.Dimension)).ToArray();
            var held = new PairStatistics(pairs.FirstDimension, pairs.Normalized, [pairs.Folds[fold]]);
            scores[fold] = [.. Grid.Select(shrinkage => LinearAlignment.Score(held, method.Fit(others, spectra, shrinkage)))];
        });
        return Grid[Enumerable.Range(0, Grid.Count).MaxBy(i => scores.Sum(score => score[i]))];
    }

    private EmbeddingMap CreateMap(ModalityStatistics own, double[]? matrix, ModalityStatistics other)
    {
        // Without a matrix it is the target: left as it is, or centred.
        if (matrix is null)
            return _options.KeepTarget ? new EmbeddingMap(own.Dimension, new L2NormalizeStep()) : MapSteps.Create(_options, own.Dimension, MapSteps.Translate(own.Mean, -1));

        var rows = matrix.Length / own.Dimension;
        EmbeddingMapStep[] steps = [MapSteps.Translate(own.Mean, -1), MapSteps.Project(matrix, rows)];
        return MapSteps.Create(_options, own.Dimension, _options.KeepTarget ? [.. steps, MapSteps.Translate(other.Mean)] : steps);
    }
}
