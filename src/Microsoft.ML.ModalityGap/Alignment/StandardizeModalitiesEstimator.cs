using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Takes away each modality's own mean, divides each dimension by its own deviation, and normalises again: batch normalisation per modality, without training.
/// </summary>
/// <remarks>
/// <para>Per modality, with x̂ = x/‖x‖, μ its mean and σ_d² its variance in dimension d: y ∝ (x̂ − μ)_d / s_d, s_d² = (1−γ)σ_d² + γ·mean(σ²).</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass; pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>, of fixed size or varying by row</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps when a few dimensions with large deviations drown the others, as CLIP's modality-specific activations do. Hurts when small dimensions are noise, which it lifts;
/// γ tempers that.</para>
/// <para>Degenerate: a dimension that does not vary at all is set to zero, unless γ gives it a deviation. Fewer than 2 usable rows are refused.</para>
/// <para>Source: the statistics of I0T_async's normalisation layers before training; An et al., ACL 2025 (arXiv 2412.14384); Ioffe and Szegedy, 2015.</para>
/// </remarks>
public sealed class StandardizeModalitiesEstimator : EmbeddingMapEstimator
{
    private readonly StandardizeModalitiesOptions _options;

    internal StandardizeModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, StandardizeModalitiesOptions? options)
        : base(env, nameof(StandardizeModalitiesEstimator), columns, options ??= StandardizeModalitiesOptions.Default)
    {
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source) => [.. source.GetStatistics(ModalityMoments.Variance).Select(CreateMap)];

    private EmbeddingMap CreateMap(ModalityStatistics statistics)
    {
        // Below this a deviation is the rounding of float rows, not a deviation.
        const double Negligible = 1e-12;
        var variances = statistics.GetVariances();
        var mean = statistics.TotalVariance / variances.Length;
        var factors = Array.ConvertAll(variances, variance => (1 - _options.Shrinkage) * variance + _options.Shrinkage * mean is var drawn && drawn > Negligible * mean
            ? Math.Sqrt(mean / drawn) // in units of the mean deviation, which the last normalisation takes out again
            : 0);
        return MapSteps.Create(_options, statistics.Dimension, MapSteps.Translate(statistics.Mean, -1), MapSteps.Scale(factors));
    }
}
