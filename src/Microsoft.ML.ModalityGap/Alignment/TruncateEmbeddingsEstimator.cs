using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Keeps the first dimensions and normalises, as Matryoshka embeddings are meant to be cut.</summary>
/// <remarks>
/// <para>y ∝ (x_1, …, x_k).</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>No, only at the schema; where rows vary in size, at the first row</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> with at least k dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with k dimensions</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Helps to make an index smaller where the encoder was trained for it (Matryoshka), or behind PCA whitening, whose dimensions are sorted. Of other embeddings it keeps any k
/// dimensions, and recall falls accordingly. Put it before a method that is fitted, so that its means are of what is kept.</para>
/// <para>Degenerate: a row whose first k dimensions are zero maps to zero.</para>
/// <para>Source: Kusupati et al., Matryoshka Representation Learning, NeurIPS 2022 (arXiv 2205.13147).</para>
/// </remarks>
public sealed class TruncateEmbeddingsEstimator : EmbeddingMapEstimator
{
    private readonly TruncateEmbeddingsOptions _options;

    internal TruncateEmbeddingsEstimator(IHostEnvironment env, ModalityColumns columns, TruncateEmbeddingsOptions options)
        : base(env, nameof(TruncateEmbeddingsEstimator), columns, options)
    {
        _options = options;
    }

    private protected override bool KeepsDimension => false;

    internal override IReadOnlyList<EmbeddingMap> CreateMaps(MapFitSource source) => [.. source.Dimensions.Select((dimension, i) => dimension >= _options.Dimension
        ? new EmbeddingMap(dimension, new TruncateStep(_options.Dimension), new L2NormalizeStep())
        : throw new InvalidDataException($"{_options.Dimension} dimensions are to be kept, but '{source.Modalities[i]}' has {dimension}."))];
}
