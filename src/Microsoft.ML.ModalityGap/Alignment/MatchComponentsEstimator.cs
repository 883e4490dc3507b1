using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Keeps of one kind of embedding what lies in the leading components of another: long texts get the coarse content that short ones are about (primary component matching).</summary>
/// <remarks>
/// <para>With x̂ = x/‖x‖, μ_x its mean, and the rows of V the k leading eigenvectors of the reference's covariance: x' ∝ μ + VᵀV(x̂ − μ_x), μ = μ_x, or the reference's mean with
/// <see cref="MatchComponentsOptions.TakeReferenceMean"/>. The reference itself is only normalised.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass, then O(d³); pairs are not needed</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> of exactly two modalities with the same number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes; a matrix of d·d floats for the modality that is mapped</description></item>
/// </list>
/// <para>Helps where long texts ask or are asked for beside short ones, and details outside what short ones speak of only add noise. Hurts where the details are what is searched for: everything outside k
/// directions is gone. Long-CLIP does this to images while it trains, with their own components, and compares them with short captions; here it is done to embeddings that are there, with the reference's.</para>
/// <para>Degenerate: a reference that does not vary is refused, as are modalities with fewer than 2 usable rows. A row that differs from its mean outside the components only maps to the mean.</para>
/// <para>Source: Zhang et al., Long-CLIP: Unlocking the Long-Text Capability of CLIP, ECCV 2024 (arXiv 2403.15378).</para>
/// </remarks>
public sealed class MatchComponentsEstimator : EmbeddingMapEstimator
{
    /// <summary>Of the largest eigenvalue: what is below is rounding.</summary>
    private const double Negligible = 1e-9;

    private readonly MatchComponentsOptions _options;

    internal MatchComponentsEstimator(IHostEnvironment env, ModalityColumns columns, MatchComponentsOptions? options)
        : base(env, nameof(MatchComponentsEstimator), columns, options ??= MatchComponentsOptions.Default)
    {
        TwoModalities.Check(columns, nameof(MatchComponentsEstimator));
        _options = options;
    }

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source)
    {
        var statistics = source.GetStatistics(ModalityMoments.Covariance);
        TwoModalities.Check(source, sameDimension: true);
        var reference = ModalityNames.Find(source, _options.Reference, nameof(MatchComponentsOptions.Reference)) ?? 1;
        var (own, other) = (statistics[1 - reference], statistics[reference]);
        var d = own.Dimension;
        var projection = Project(source.GetSpectra()[reference], source.Modalities[reference]);
        EmbeddingMap[] maps =
        [
            MapSteps.Create(_options, d, MapSteps.Translate(own.Mean, -1), MapSteps.Project(projection, d), MapSteps.Translate(_options.TakeReferenceMean ? other.Mean : own.Mean)),
            new EmbeddingMap(d, new L2NormalizeStep()),
        ];
        return reference == 1 ? maps : [maps[1], maps[0]];
    }

    /// <summary>VᵀV of the leading components.</summary>
    private double[] Project(SymmetricSpectrum spectrum, string modality)
    {
        var d = spectrum.Dimension;
        var kept = spectrum.Values.Take(_options.Components).Count(value => value > Negligible * spectrum.Largest);
        if (kept == 0)
            throw new InvalidDataException($"All rows of '{modality}' are the same, so it has no components to match.");
        var vectors = new double[kept * d];
        for (var i = 0; i < kept; i++)
            spectrum.GetVector(i).CopyTo(vectors.AsSpan(i * d, d));
        return DoubleMatrix.Multiply(DoubleMatrix.Transpose(vectors, kept), vectors, d);
    }
}
