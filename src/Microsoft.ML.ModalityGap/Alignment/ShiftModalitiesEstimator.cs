using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Moves two modalities towards each other along the line between their means, and normalises again.</summary>
/// <remarks>
/// <para>With x̂ = x/‖x‖, ŷ = y/‖y‖ and Δ = μ_x − μ_y: x' ∝ x̂ − λsΔ and y' ∝ ŷ + λ(1−s)Δ, with s = ½ in Mind the Gap. λ is a part of the gap; papers often give λ in units of the space, λ‖Δ‖/2 (<see cref="ShiftModalitiesOptions.AbsoluteLambda"/>). <see cref="ModalityGapCatalog.SweepShift"/> measures many λ.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass; pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> of exactly two modalities with the same number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps to study what the gap does, and where one modality must not move (s = 0). Hurts retrieval when λ nears 1: unlike centring it leaves what both means have in common, which then weighs on
/// every cosine.</para>
/// <para>Degenerate: with equal means it only normalises. A modality with fewer than 2 usable rows is refused, as are more or fewer than two modalities.</para>
/// <para>Source: Liang et al., Mind the Gap, NeurIPS 2022 (arXiv 2203.02053); one modality alone: arXiv 2603.29080.</para>
/// </remarks>
public sealed class ShiftModalitiesEstimator : EmbeddingMapEstimator
{
    private readonly ShiftModalitiesOptions _options;

    internal ShiftModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, ShiftModalitiesOptions? options)
        : base(env, nameof(ShiftModalitiesEstimator), columns, options ??= ShiftModalitiesOptions.Default)
    {
        TwoModalities.Check(columns, nameof(ShiftModalitiesEstimator));
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        var statistics = source.GetStatistics(ModalityMoments.Mean);
        TwoModalities.Check(source, sameDimension: true);
        var (first, second) = (statistics[0], statistics[1]);
        var gap = new double[first.Dimension];
        TensorPrimitives.Subtract(first.Mean, second.Mean, gap);

        // Without a gap there is no direction to move along.
        var length = TensorPrimitives.Norm<double>(gap);
        var lambda = _options.AbsoluteLambda is { } absolute ? length > 0 ? 2 * absolute / length : 0 : _options.Lambda;
        return
        [
            MapSteps.Create(_options, gap.Length, MapSteps.Translate(gap, -lambda * _options.FirstShare)),
            MapSteps.Create(_options, gap.Length, MapSteps.Translate(gap, lambda * (1 - _options.FirstShare))),
        ];
    }
}
