using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Takes away each modality's own mean and normalises again: I0T_post. The two modalities then lie around the same point, the origin, and the gap
/// between their centroids is closed.
/// </summary>
/// <remarks>
/// <para>Per modality, with x̂ = x/‖x‖ and μ = mean of x̂ over the data it was fitted on: y = (x̂ − sμ)/‖x̂ − sμ‖, with the strength s = 1 unless
/// <see cref="CenterModalitiesOptions.Strength"/> says otherwise.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass; pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>, of fixed size or varying by row</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps when texts and images share a gallery, or scores are read against a threshold. Retrieval within one direction can lose or gain a point of recall.
/// Half the mean (s = 0.5) mostly gains recall between modalities, and leaves half the gap.
/// The means must come from data like the data mapped: fitted on a few hundred rows they are mostly right, fitted on another kind of image they are not.</para>
/// <para>Degenerate: a modality with fewer than 2 usable rows is refused; a row equal to the mean maps to zero; a zero row maps to −μ/‖μ‖.</para>
/// <para>Source: An et al., I0T: Embedding Standardization Method Towards Zero Modality Gap, ACL 2025 (arXiv 2412.14384); the same centring with
/// separate means is GR-CLIP's (arXiv 2507.19054).</para>
/// </remarks>
public sealed class CenterModalitiesEstimator : EmbeddingMapEstimator
{
    private readonly CenterModalitiesOptions _options;

    internal CenterModalitiesEstimator(IHostEnvironment env, ModalityColumns columns, CenterModalitiesOptions? options)
        : base(env, nameof(CenterModalitiesEstimator), columns, options ??= CenterModalitiesOptions.Default)
    {
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source) =>
        [.. source.GetStatistics(ModalityMoments.Mean).Select(statistics => MapSteps.Create(_options, statistics.Dimension, MapSteps.Translate(statistics.Mean, -_options.Strength)))];
}
