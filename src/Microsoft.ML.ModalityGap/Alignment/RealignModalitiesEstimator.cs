using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Gives one modality the mean and the total variance of another, which stays as it is: ReAlign.</summary>
/// <remarks>
/// <para>Of a modality a towards b, with x̂ = x/‖x‖: anchor and trace, z ∝ (x̂ − μ_a)·√(tr C_b/tr C_a) + μ_b, normalised; centroid, y ∝ z − μ_z + μ_b, normalised, where μ_z is the mean of z. The
/// modality b itself is only normalised.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, two passes, or one without the centroid step; pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>; all modalities with the same number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps where one modality must stay where it is: an index that exists, or a decoder that was trained on it and is now fed the other. Hurts retrieval against
/// centring: the mean that both then share weighs on every cosine.</para>
/// <para>Degenerate: a modality without variance maps to μ_b. Fewer than 2 usable rows are refused. Statistics alone do not do for the centroid step.</para>
/// <para>Source: Yu et al., Modality Gap-Driven Subspace Alignment, 2026 (arXiv 2602.07026).</para>
/// </remarks>
public sealed class RealignModalitiesEstimator : EmbeddingMapEstimator
{
    private readonly RealignModalitiesOptions _options;

    internal RealignModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, RealignModalitiesOptions? options)
        : base(env, nameof(RealignModalitiesEstimator), columns, options ??= RealignModalitiesOptions.Default)
    {
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        var statistics = source.GetStatistics(ModalityMoments.Mean);
        var target = ModalityNames.Find(source, _options.Towards, nameof(RealignModalitiesOptions.Towards)) ?? 0;
        if (statistics.FirstOrDefault(entry => entry.Dimension != statistics[target].Dimension) is { } other)
            throw new InvalidDataException($"Modalities to be realigned need the same dimension, but there are {statistics[target].Dimension} and {other.Dimension}.");

        EmbeddingMap[] maps = [.. statistics.Select((entry, i) => i == target ? CreateNormalization(entry.Dimension) : CreateMap(entry, statistics[target]))];
        if (!_options.CentroidStep)
            return maps;

        var measured = source.Measure(maps);
        return [.. maps.Select((map, i) => i == target ? map : map.Then(CreateCentroidMap(measured[i].Mean, statistics[target].Mean)))];
    }

    private static EmbeddingMap CreateNormalization(int dimension) => new(dimension, new L2NormalizeStep());

    private EmbeddingMap CreateMap(ModalityStatistics source, ModalityStatistics target)
    {
        var ratio = source.TotalVariance > 0 ? Math.Sqrt(target.TotalVariance / source.TotalVariance) : 0;
        var scales = new double[source.Dimension];
        Array.Fill(scales, ratio);
        return MapSteps.Create(_options, source.Dimension, MapSteps.Translate(source.Mean, -1), MapSteps.Scale(scales), MapSteps.Translate(target.Mean));
    }

    private static EmbeddingMap CreateCentroidMap(ReadOnlySpan<double> mean, ReadOnlySpan<double> target)
    {
        var offset = new double[mean.Length];
        System.Numerics.Tensors.TensorPrimitives.Subtract(target, mean, offset);
        return new EmbeddingMap(mean.Length, MapSteps.Translate(offset), new L2NormalizeStep());
    }
}
