using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Scores how well captions fit their images: CLIP-S, with references RefCLIP-S, and on embeddings whose gap is closed I0T-S.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>No</description></item>
/// <item><term>Input columns</term><description>Image and caption: vectors of <see cref="float"/> of one dimension; references: one or several such behind each
/// other</description></item>
/// <item><term>Output columns</term><description><c>CaptionScore</c>, and with references <c>ReferenceScore</c>: Single</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>cos = cosine of image v and caption c, after their maps. CLIP-S = 2.5·max(cos, 0); torchmetrics 100·max(cos, 0); or cos itself. I0T-S = cos behind
/// I0T_post of both modalities, negative values kept: give both maps, or columns that came through them. RefCLIP-S = harmonic mean of CLIP-S and max(max_r cos(c, r), 0), 0 when either is.
/// RefI0T-S = harmonic mean of I0T-S and max_r cos(c, r) where both are positive, else the lower of them.</para>
/// <para>Degenerate: a row without a direction (zero, NaN, infinity) scores NaN, as does the reference score of a row without references.</para>
/// <para>Source: Hessel et al., CLIPScore: A Reference-free Evaluation Metric for Image Captioning, EMNLP 2021 (arXiv 2104.08718); I0T-S: An et al., ACL 2025
/// (arXiv 2412.14384).</para>
/// </remarks>
public sealed class ScoreCaptionsEstimator : IEstimator<ScoreCaptionsTransformer>
{
    private readonly IHost _host;
    private readonly ScoreCaptionsTransformer _transformer;

    internal ScoreCaptionsEstimator(IHostEnvironment env, string imageColumnName, string textColumnName, ScoreCaptionsOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        _host = env.Register(nameof(ScoreCaptionsEstimator));
        _transformer = new ScoreCaptionsTransformer(_host, imageColumnName, textColumnName, options ?? ScoreCaptionsOptions.Default);
    }

    /// <summary>Checks the schema, and settles the scale by it; there is nothing to learn from the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, has another type, or another dimension than its map or the other column.</exception>
    public ScoreCaptionsTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (image, text, options) = (_transformer.ImageColumnName, _transformer.TextColumnName, _transformer.Options);
        return new ScoreCaptionsTransformer(_host, image, text, options.Settle(CaptionColumns.Find(_host, input.Schema, image, text, options)));
    }

    /// <summary>What it makes; the scale is settled when the columns are known.</summary>
    public override string ToString() => _transformer.ToString().Replace(nameof(ScoreCaptionsTransformer), nameof(ScoreCaptionsEstimator), StringComparison.Ordinal);

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (var name in (string[])[_transformer.ImageColumnName, _transformer.TextColumnName, .. _transformer.Options.ReferenceColumnNames])
            EmbeddingColumns.Find(_host, inputSchema, name);
        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var name in _transformer.OutputColumnNames)
            result[name] = new SchemaShape.Column(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false);
        return new SchemaShape(result.Values);
    }
}
