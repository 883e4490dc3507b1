using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Says of an embedding how near it is to each of some anchors, and normalises: relative representations.</summary>
/// <remarks>
/// <para>y ∝ Ax̂, where x̂ = x/‖x‖ and the rows of A are the anchors of the modality, normalised; with <see cref="ProjectToAnchorsOptions.Center"/> y ∝ A(x̂ − μ) with anchors centred alike.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass that draws rows (and one for the mean), unless anchors are given and nothing is centred</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>; columns that hold pairs may differ in their number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with k dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes; a matrix of k·d floats per modality</description></item>
/// </list>
/// <para>In wide data the anchors of all columns are the same rows, so pairs: image i and text i of an anchor mean the same, and spaces become comparable that never were one. In long data, or fitted on data
/// sets apart, all modalities share anchors, drawn evenly from each, which takes embeddings of one space.</para>
/// <para>Helps to compare encoders that were never trained together, with a few hundred pairs. Hurts where a common space exists already: it keeps at most k directions and squares their
/// variances.</para>
/// <para>Degenerate: with fewer usable rows than k there are as many anchors as rows. A row that is its modality's mean maps to zero when centred.</para>
/// <para>Source: Moschella et al., Relative representations enable zero-shot latent space communication, ICLR 2023 (arXiv 2209.15430).</para>
/// </remarks>
public sealed class ProjectToAnchorsEstimator : EmbeddingMapEstimator
{
    // Enough for every cluster to have members; k-means over more rows changes little.
    private const int RowsPerCluster = 50;

    private readonly ProjectToAnchorsOptions _options;

    internal ProjectToAnchorsEstimator(IHostEnvironment env, ModalityColumns columns, ProjectToAnchorsOptions? options)
        : base(env, nameof(ProjectToAnchorsEstimator), columns, options ??= ProjectToAnchorsOptions.Default)
    {
        _options = options;
    }

    private protected override bool KeepsDimension => false;

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        var means = _options.Center ? source.GetStatistics(ModalityMoments.Mean).Select(statistics => statistics.Mean.ToArray()).ToArray() : null;
        var anchors = _options.Anchors is null ? TakeFromData(source, means) : TakeGiven(source, means);
        return [.. source.Dimensions.Select((dimension, i) => MapSteps.Create(
            _options,
            dimension,
            [.. means is null ? Array.Empty<EmbeddingMapStep>() : [MapSteps.Translate(means[i], -1)], new ProjectStep(NormalizeRows(anchors[i], dimension), anchors[i].Length / dimension)]))];
    }

    private float[][] TakeFromData(MapFitSource source, double[][]? means)
    {
        var clusters = _options.Source == AnchorSource.KMeans;
        var sample = source.Sample(clusters ? _options.Count * RowsPerCluster : _options.Count, _options.Seed);
        var rows = sample.Rows.Select((values, i) => Center(values, means?[i])).ToArray();
        if (sample.ArePairs)
        {
            if (!clusters)
                return rows;

            // Clusters of pairs: rows of all modalities one behind the other.
            var joint = Join(rows, sample);
            return Split(KMeans.FindCenters(joint, sample.Dimensions.Sum(), _options.Count, _options.Seed), sample.Dimensions);
        }

        if (sample.Dimensions.FirstOrDefault(dimension => dimension != sample.Dimensions[0]) is var other and not 0)
            throw new InvalidDataException($"Modalities that are no pairs share their anchors, so they need the same dimension, but there are {sample.Dimensions[0]} and {other}.");
        var dimension = sample.Dimensions[0];
        var shared = clusters ? KMeans.FindCenters([.. rows.SelectMany(values => values)], dimension, _options.Count, _options.Seed) : TakeEvenly(rows, dimension);
        return [.. rows.Select(_ => shared)];
    }

    private float[][] TakeGiven(MapFitSource source, double[][]? means)
    {
        var result = new float[source.Modalities.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            var (name, dimension) = (source.Modalities[i], source.Dimensions[i]);
            if (_options.Anchors!.GetValueOrDefault(name) is not { Count: > 0 } rows)
                throw new ArgumentException($"There are no anchors for the modality '{name}'.");
            if (rows.Count != _options.Anchors!.Values.First().Count)
                throw new ArgumentException($"Anchor i of all modalities means the same, but '{name}' has {rows.Count} where another has {_options.Anchors!.Values.First().Count}.");
            for (var row = 0; row < rows.Count; row++)
            {
                var defect = rows[row].Length != dimension ? RowDefect.WrongLength : RowDefects.Find(rows[row], zeroNormIsDefect: true);
                if (defect != RowDefect.None)
                    throw new ArgumentException($"Anchor {row} of '{name}' cannot be used: it holds {RowDefects.Describe(defect, rows[row], dimension)}.");
            }

            float[] values = [.. rows.SelectMany(row => row)];
            result[i] = Center(_options.NormalizeInput ? NormalizeRows(values, dimension) : values, means?[i]);
        }

        return result;
    }

    private float[] TakeEvenly(float[][] rows, int dimension)
    {
        var result = new List<float>();
        for (var i = 0; result.Count < _options.Count * dimension && rows.Any(values => i * dimension < values.Length); i++)
        {
            foreach (var values in rows.Where(values => i * dimension < values.Length && result.Count < _options.Count * dimension))
                result.AddRange(values.AsSpan(i * dimension, dimension));
        }

        return [.. result];
    }

    private static float[] Center(float[] rows, double[]? mean) =>
        mean is null ? rows : [.. rows.Select((value, i) => (float)(value - mean[i % mean.Length]))];

    private static float[] NormalizeRows(float[] rows, int dimension)
    {
        var result = new float[rows.Length];
        for (var i = 0; i < rows.Length; i += dimension)
            RowKernels.Normalize(rows.AsSpan(i, dimension), result.AsSpan(i, dimension));
        return result;
    }

    private static float[] Join(float[][] rows, RowSample sample) =>
        [.. Enumerable.Range(0, sample.Count(0)).SelectMany(row => rows.SelectMany((values, i) => values.AsSpan(row * sample.Dimensions[i], sample.Dimensions[i]).ToArray()))];

    private static float[][] Split(float[] joint, IReadOnlyList<int> dimensions)
    {
        var width = dimensions.Sum();
        var result = new float[dimensions.Count][];
        for (int i = 0, first = 0; i < result.Length; first += dimensions[i++])
            result[i] = [.. Enumerable.Range(0, joint.Length / width).SelectMany(row => joint.AsSpan(row * width + first, dimensions[i]).ToArray())];
        return result;
    }
}
