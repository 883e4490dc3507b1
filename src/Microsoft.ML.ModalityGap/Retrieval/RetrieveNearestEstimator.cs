using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Adds to each row the ids and the scores of its nearest rows in an <see cref="EmbeddingIndex"/>, and how probably they match.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>No</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/> of the index's dimension, or of a size that varies by row</description></item>
/// <item><term>Output column types</term><description>Ids: vector of text, or of <see cref="long"/> where the index's ids are numbers; scores: vector of
/// <see cref="float"/>; and where the index's correction is calibrated for <see cref="RetrieveNearestOptions.QueryModality"/>, the probabilities that they match, likewise. All of length <see cref="RetrieveNearestOptions.K"/>, or of the number of rows that can be found where that is less; nearest first</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes, with the whole index and the rescorer</description></item>
/// </list>
/// <para>Rows are searched one at a time; to search many at once, <see cref="EmbeddingIndex.SearchBatch(IDataView, string, int, SearchOptions?)"/> is faster. Both give the same scores, bit for bit.</para>
/// <para>The index is shared, not copied. When rows are added to it or removed, make a new transformer: the length of the outputs may have changed.</para>
/// <para>A row that cannot be used throws, or gets missing ids (empty texts, or −1) and scores and probabilities of NaN, as <see cref="RetrieveNearestOptions.UnusableRows"/> says. So do neighbours that <see cref="RetrieveNearestOptions.MinimumScore"/> or
/// <see cref="RetrieveNearestOptions.MinimumProbability"/> leave out: where nothing matches, all are missing.</para>
/// </remarks>
public sealed class RetrieveNearestEstimator : IEstimator<RetrieveNearestTransformer>
{
    private readonly IHost _host;
    private readonly RetrieveNearestTransformer _transformer;

    internal RetrieveNearestEstimator(IHostEnvironment env, EmbeddingIndex index, string inputColumnName, RetrieveNearestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        _host = env.Register(nameof(RetrieveNearestEstimator));
        _transformer = new RetrieveNearestTransformer(_host, index, inputColumnName, options ?? RetrieveNearestOptions.Default);
    }

    /// <summary>Checks the schema; there is nothing to learn from the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The column came through other maps than the index's rows.</exception>
    public RetrieveNearestTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.FindInput(input.Schema);
        return _transformer;
    }

    /// <summary>What it makes; nothing is fitted.</summary>
    public override string ToString() => _transformer.ToString().Replace(nameof(RetrieveNearestTransformer), nameof(RetrieveNearestEstimator), StringComparison.Ordinal);

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        EmbeddingColumns.Find(_host, inputSchema, _transformer.InputColumnName);
        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var column in _transformer.GetOutputColumns())
        {
            result[column.Name] = new SchemaShape.Column(
                column.Name, SchemaShape.Column.VectorKind.Vector, ((VectorDataViewType)column.Type).ItemType, isKey: false);
        }

        return new SchemaShape(result.Values);
    }
}
