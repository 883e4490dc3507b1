using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Takes away each modality's own mean and normalises again: I0T_post. The two modalities then lie around the same point, the origin, and the gap
/// between their centroids is closed.
/// </summary>
/// <remarks>
/// <para>Per modality, with x̂ = x/‖x‖ and μ = mean of x̂ over the data it was fitted on: y = (x̂ − μ)/‖x̂ − μ‖.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass; pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>, of fixed size or varying by row</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps when texts and images share a gallery, or scores are read against a threshold. Retrieval within one direction can lose or gain a point of recall.
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

    private protected override ModalityMoments Moments => ModalityMoments.Mean;

    private protected override IReadOnlyList<EmbeddingMap> CreateMaps(IReadOnlyList<ModalityStatistics> statistics) =>
        [.. statistics.Select(entry => CreateMap(entry, _options.NormalizeInput))];

    /// <summary>normalise, −μ, normalise.</summary>
    internal static EmbeddingMap CreateMap(ModalityStatistics statistics, bool normalizeInput)
    {
        var offset = new float[statistics.Dimension];
        for (var i = 0; i < offset.Length; i++)
            offset[i] = (float)-statistics.Mean[i];

        var center = new TranslateStep(offset);
        return normalizeInput
            ? new EmbeddingMap(offset.Length, new L2NormalizeStep(), center, new L2NormalizeStep())
            : new EmbeddingMap(offset.Length, center, new L2NormalizeStep());
    }
}
