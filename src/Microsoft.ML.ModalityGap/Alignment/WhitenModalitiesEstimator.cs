using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Takes away each modality's own mean, makes all directions vary alike, as far as the shrinkage lets it, and normalises again.
/// </summary>
/// <remarks>
/// <para>Per modality, with x̂ = x/‖x‖, μ its mean and C its covariance: y ∝ W(x̂ − μ), W = C_γ^(−1/2) (ZCA) or Λ_γ^(−1/2)Vᵀ (PCA), C_γ = (1−γ)C + γ(tr C/d)I.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass; pairs are not needed. Then O(d³)</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>, of fixed size or varying by row</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with d dimensions, or <see cref="WhitenModalitiesOptions.Keep"/></description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes; a matrix of d² floats per modality</description></item>
/// </list>
/// <para>Helps retrieval when a few directions dominate every cosine, and ranks a mixed gallery much better than centring alone, as both modalities come out equally wide in all directions. Hurts when
/// there are few rows for the dimensions and little shrinkage: then noise is lifted to the height of the signal.</para>
/// <para>Degenerate: directions in which the data does not vary (below 1e-6 of the largest variance after shrinkage) are set to zero. Fewer than 2 usable rows are refused.</para>
/// <para>Source: Su et al., Whitening Sentence Representations, 2021 (arXiv 2103.15316); groups: Zhuo et al., WhitenedCSE, ACL 2023.</para>
/// </remarks>
public sealed class WhitenModalitiesEstimator : EmbeddingMapEstimator
{
    private readonly WhitenModalitiesOptions _options;

    internal WhitenModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, WhitenModalitiesOptions? options)
        : base(env, nameof(WhitenModalitiesEstimator), columns, options ??= WhitenModalitiesOptions.Default)
    {
        if (options.Keep is not null && options.Kind != WhiteningKind.Pca)
            throw new ArgumentException($"{nameof(options.Keep)} leaves out principal directions, so it needs {nameof(WhiteningKind)}.{nameof(WhiteningKind.Pca)}.", nameof(options));
        if (options.Groups > 1 && options.Kind != WhiteningKind.Zca)
            throw new ArgumentException($"{nameof(options.Groups)} need {nameof(WhiteningKind)}.{nameof(WhiteningKind.Zca)}: principal directions run across all dimensions.", nameof(options));
        if (options.Shrinkage == CovarianceShrinkage.LedoitWolf && (options.Groups > 1 || options.SharedCovariance || options.Kind == WhiteningKind.Pca))
        {
            throw new ArgumentException(
                "Ledoit and Wolf's shrinkage is for the covariance of one modality as a whole. For groups, PCA or a shared covariance take OracleApproximating or a fixed one.", nameof(options));
        }

        _options = options;
    }

    private protected override bool KeepsDimension => _options.Kind == WhiteningKind.Zca;

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        var shares = _options.SharedCovariance || _options.Kind == WhiteningKind.Pca;
        if (shares || _options.Groups > 1)
        {
            var statistics = source.GetStatistics(ModalityMoments.Covariance);
            CheckDimensions(source, shares);
            if (!shares)
                return [.. statistics.Select(entry => CreateMap(entry, WhitenGroups(entry)))];
            var shared = Average(statistics);
            var matrix = _options.Groups > 1 ? WhitenGroups(shared) : Whiten(shared, SymmetricSpectrum.Compute(shared.GetCovariances(), shared.Dimension));
            return [.. statistics.Select(entry => CreateMap(entry, matrix))];
        }

        var spectra = source.GetSpectra();
        return [.. source.Statistics!.Select((entry, i) => CreateMap(entry, Whiten(entry, spectra[i])))];
    }

    internal override IReadOnlyList<float[]>? MapRows(Func<SpectralPairs> getPairs)
    {
        if (_options.SharedCovariance || _options.Kind == WhiteningKind.Pca || _options.Groups > 1 || !_options.NormalizeInput || _options.Shrinkage.Amount is not { } shrinkage)
            return null;
        return [.. getPairs().Sides.Select(side => RowKernels.NormalizeAll(side.Apply(CreateFactor(shrinkage, side.Spectrum)), side.Spectrum.Dimension))];
    }

    private void CheckDimensions(MapFitSource source, bool shares)
    {
        var dimensions = source.Dimensions;
        if (shares && dimensions.FirstOrDefault(dimension => dimension != dimensions[0]) is var other and not 0)
            throw new InvalidDataException($"Modalities that share a covariance need the same dimension, but there are {dimensions[0]} and {other}.");
        if (_options.Keep > dimensions[0])
            throw new InvalidDataException($"{_options.Keep} directions are to be kept, but the embeddings have {dimensions[0]} dimensions.");
        if (_options.Groups > dimensions.Min())
            throw new InvalidDataException($"{dimensions.Min()} dimensions cannot be dealt to {_options.Groups} groups.");
    }

    private EmbeddingMap CreateMap(ModalityStatistics statistics, double[] matrix) => MapSteps.Create(
        _options, statistics.Dimension, MapSteps.Translate(statistics.Mean, -1), MapSteps.Project(matrix, matrix.Length / statistics.Dimension));

    /// <summary>Every modality counts alike, however many rows it has.</summary>
    private static ModalityStatistics Average(IReadOnlyList<ModalityStatistics> modalities)
    {
        // Sums as of so many rows as the smallest modality has, which is what a shrinkage goes by.
        var first = modalities[0];
        var products = new double[first.Dimension * first.Dimension];
        foreach (var entry in modalities)
            products = DoubleMatrix.Combine(1, products, 1.0 / modalities.Count, entry.GetCovariances());
        var count = modalities.Min(entry => entry.Count);
        for (var i = 0; i < products.Length; i++)
            products[i] *= count;
        double[] squares = [.. Enumerable.Range(0, first.Dimension).Select(i => products[i * first.Dimension + i])];
        return new ModalityStatistics(count, 0, first.Normalized, first.Mean.ToArray(), squares.Sum(), squares, products);
    }

    private double[] Whiten(ModalityStatistics statistics, SymmetricSpectrum spectrum)
    {
        var factor = CreateFactor(_options.Shrinkage.Resolve(statistics, spectrum), spectrum);
        if (_options.Kind == WhiteningKind.Zca)
            return spectrum.Apply(factor);

        var kept = _options.Keep ?? spectrum.Dimension;
        var matrix = new double[kept * spectrum.Dimension];
        for (var i = 0; i < kept; i++)
        {
            var scale = factor(spectrum.Values[i]);
            var vector = spectrum.GetVector(i);
            for (var d = 0; d < vector.Length; d++)
                matrix[i * vector.Length + d] = scale * vector[d];
        }

        return matrix;
    }

    /// <summary>λ_γ^(−1/2) in units of the mean variance, which the last normalisation takes out again.</summary>
    internal static Func<double, double> CreateFactor(double shrinkage, SymmetricSpectrum spectrum)
    {
        const double Negligible = 1e-6; // float rows say nothing below that
        var mean = spectrum.MeanValue;
        var limit = Negligible * ((1 - shrinkage) * spectrum.Largest + shrinkage * mean);
        return value => (1 - shrinkage) * value + shrinkage * mean is var drawn && drawn > limit ? Math.Sqrt(mean / drawn) : 0;
    }

    private double[] WhitenGroups(ModalityStatistics statistics)
    {
        var d = statistics.Dimension;
        var order = Enumerable.Range(0, d).ToArray();
        new Random(_options.Seed).Shuffle(order);
        var covariance = statistics.GetCovariances();
        var result = new double[d * d];
        for (var group = 0; group < _options.Groups; group++)
        {
            var members = order[(group * d / _options.Groups)..((group + 1) * d / _options.Groups)];
            var size = members.Length;
            var part = new double[size * size];
            for (var i = 0; i < part.Length; i++)
                part[i] = covariance[members[i / size] * d + members[i % size]];

            double[] squares = [.. members.Select(member => statistics.GetVariance(member) * statistics.Count)];
            double[] mean = [.. members.Select(member => statistics.Mean[member])];
            var spectrum = SymmetricSpectrum.Compute(part, size);
            var shrinkage = _options.Shrinkage.Resolve(
                new ModalityStatistics(statistics.Count, 0, normalized: false, mean, squares.Sum(), squares, products: null), spectrum);

            // The groups keep their variances: each is whitened to its own mean variance, so all must be scaled to the same.
            var whitened = spectrum.Apply(CreateFactor(shrinkage, spectrum));
            var scale = spectrum.MeanValue > 0 ? Math.Sqrt(statistics.TotalVariance / d / spectrum.MeanValue) : 0;
            for (var i = 0; i < part.Length; i++)
                result[members[i / size] * d + members[i % size]] = scale * whitened[i];
        }

        return result;
    }
}
