using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Sets the few dimensions to zero that tell the modalities apart and do little for retrieval, and normalises again.</summary>
/// <remarks>
/// <para>Dimensions are ranked by (μ_x − μ_y)_d² / (max(0, c_d) + c̄), where c_d is the covariance of the pairs in dimension d, which is what the dimension adds to the cosine of partners beyond that of
/// strangers, and c̄ the mean of |c_d|. The first <see cref="NeutralizeDimensionsOptions.Count"/> become zero in both modalities.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass over pairs</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> in two columns with the same number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps where few dimensions make most of the gap, as in CLIP, and nothing else may change: cosines within a modality hardly do. It narrows the gap and does not close it.</para>
/// <para>Degenerate: a row that has values in the neutralised dimensions only maps to zero. Fewer than 2 usable pairs are refused.</para>
/// <para>Source: that few dimensions drive the gap: Schrodi et al., Two Effects, One Trigger (arXiv 2404.07983).</para>
/// </remarks>
public sealed class NeutralizeDimensionsEstimator : EmbeddingMapEstimator
{
    private readonly NeutralizeDimensionsOptions _options;

    internal NeutralizeDimensionsEstimator(IHostEnvironment env, ModalityColumns columns, NeutralizeDimensionsOptions? options)
        : base(env, nameof(NeutralizeDimensionsEstimator), columns, options ??= NeutralizeDimensionsOptions.Default)
    {
        TwoModalities.Check(columns, nameof(NeutralizeDimensionsEstimator), needsPairs: true);
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        TwoModalities.Check(source, sameDimension: true);
        var importance = source.GetPartnerCovariances();
        var statistics = source.GetStatistics(ModalityMoments.Mean);
        var d = importance.Count;
        if (_options.Count >= d)
            throw new InvalidDataException($"{_options.Count} dimensions are to be neutralised, but the embeddings have only {d}.");

        var factors = new double[d];
        Array.Fill(factors, 1);
        foreach (var dimension in Rank(statistics, importance).Take(_options.Count))
            factors[dimension] = 0;
        return [.. statistics.Select(modality => MapSteps.Create(
            _options, d, [.. _options.Center ? [MapSteps.Translate(modality.Mean, -1)] : Array.Empty<EmbeddingMapStep>(), MapSteps.Scale(factors)]))];
    }

    /// <summary>The dimensions, those first that make most of the gap for the least retrieval.</summary>
    private static IEnumerable<int> Rank(IReadOnlyList<ModalityStatistics> statistics, IReadOnlyList<double> importance)
    {
        var floor = importance.Average(Math.Abs);
        var scores = importance.Select((value, i) => Math.Pow(statistics[0].Mean[i] - statistics[1].Mean[i], 2) / (Math.Max(0, value) + floor)).ToArray();
        return Enumerable.Range(0, scores.Length).OrderByDescending(i => double.IsNaN(scores[i]) ? 0 : scores[i]).ThenBy(i => i);
    }
}
