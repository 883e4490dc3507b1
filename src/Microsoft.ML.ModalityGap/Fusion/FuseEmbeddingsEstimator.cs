using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Makes one embedding of several of the same document, such as of its image and of its text.</summary>
/// <remarks>
/// <para>y ∝ Σ w_i x̂_i, with x̂ = x/‖x‖ of each input column, normalised.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>No</description></item>
/// <item><term>Input column types</term><description>Vectors of <see cref="float"/> with the same number of dimensions</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/> with as many</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>Fused documents lie between the modalities and have a mean of their own; close the gap behind the fusion, with the fused column as a modality beside the others:
/// <c>FuseEmbeddings("Fused", "Image", "Text").Append(CenterModalities("Image", "Text", "Fused"))</c>. That is what GR-CLIP does.</para>
/// <para>A negative weight (<see cref="FuseEmbeddingsOptions.Weights"/>) makes a negative query: x̂₁ − w·x̂₂ is near to what is near to the first and not to the second. Best behind maps that close the gap:
/// what all texts have in common is taken away there, and does not count against a row.</para>
/// <para>Degenerate: a zero row counts for nothing, so a document without an image is fused to its text; when all are zero, so is the result. NaN stays NaN. Where all inputs came through the same maps, the
/// result carries their fingerprint.</para>
/// <para>Source: Li et al., Closing the Modality Gap for Mixed Modality Search, 2025 (arXiv 2507.19054).</para>
/// </remarks>
public sealed class FuseEmbeddingsEstimator : IEstimator<FuseEmbeddingsTransformer>
{
    private readonly IHost _host;
    private readonly FuseEmbeddingsTransformer _transformer;

    internal FuseEmbeddingsEstimator(IHostEnvironment env, string outputColumnName, IReadOnlyList<string> inputColumnNames, FuseEmbeddingsOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(inputColumnNames);
        _host = env.Register(nameof(FuseEmbeddingsEstimator));
        var weights = (options ?? FuseEmbeddingsOptions.Default).Weights ?? [.. inputColumnNames.Select(_ => 1.0)];
        _transformer = new FuseEmbeddingsTransformer(_host, outputColumnName, inputColumnNames, weights);
    }

    /// <summary>Checks the schema; there is nothing to learn from the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or the dimensions differ.</exception>
    public FuseEmbeddingsTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>What it makes; nothing is fitted.</summary>
    public override string ToString() => _transformer.ToString().Replace(nameof(FuseEmbeddingsTransformer), nameof(FuseEmbeddingsEstimator), StringComparison.Ordinal);

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var kinds = _transformer.InputColumnNames.Select(name => EmbeddingColumns.Find(_host, inputSchema, name).Kind).ToArray();
        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        result[_transformer.OutputColumnName] = new SchemaShape.Column(
            _transformer.OutputColumnName,
            kinds.Contains(SchemaShape.Column.VectorKind.Vector) ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector,
            NumberDataViewType.Single,
            isKey: false);
        return new SchemaShape(result.Values);
    }
}
