using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Fits a monotone mapping between two kinds of scores of the same rows, such as cosines before and after closing the gap, so that thresholds chosen on the
/// one go on to mean the same on the other.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, one pass; all scores of both columns are held in memory and sorted</description></item>
/// <item><term>Input column type</term><description>Single, or a vector of Single, whose slots are taken together</description></item>
/// <item><term>Output column type</term><description>The same: the new scores on the scale of the old</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes</description></item>
/// </list>
/// <para>With F the shares of scores below, of the old and the new: new = F_new⁻¹(F_old(old)), by quantiles, linear between them. A threshold mapped so lets the
/// same share of the rows pass as before; which rows is the new scores' doing. Beyond what was seen the slope from end to end goes on.</para>
/// <para>Fit on pairs as they will be judged, in the mix they will come in: on matched pairs alone the mapping says nothing of mismatched ones.</para>
/// <para>Degenerate: scores that are all the same are refused; NaN stays NaN when applied, and is refused while fitting.</para>
/// </remarks>
public sealed class RecalibrateScoresEstimator : IEstimator<RecalibrateScoresTransformer>
{
    private readonly IHost _host;
    private readonly RecalibrateScoresOptions _options;

    internal RecalibrateScoresEstimator(IHostEnvironment env, string outputColumnName, string scoreColumnName, string referenceColumnName, RecalibrateScoresOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(referenceColumnName);
        if (scoreColumnName == referenceColumnName)
            throw new ArgumentException($"The scores '{scoreColumnName}' are on their own scale already; name the other column.", nameof(referenceColumnName));
        _host = env.Register(nameof(RecalibrateScoresEstimator));
        (OutputColumnName, ScoreColumnName, ReferenceColumnName, _options) = (outputColumnName, scoreColumnName, referenceColumnName, options ?? RecalibrateScoresOptions.Default);
    }

    /// <summary>The column of new scores on the scale of the old.</summary>
    public string OutputColumnName { get; }

    /// <summary>The new scores.</summary>
    public string ScoreColumnName { get; }

    /// <summary>The old scores, on which thresholds were chosen. Needed to fit only.</summary>
    public string ReferenceColumnName { get; }

    /// <summary>Fits the mapping.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">There are fewer than 2 scores, one is not finite, or all are the same.</exception>
    public RecalibrateScoresTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = new[] { ScoreColumnName, ReferenceColumnName }.Select(name => RecalibrateScoresTransformer.FindColumn(_host, input.Schema, name)).ToArray();
        var scores = new[] { new List<float>(), new List<float>() };
        using (var cursor = input.GetRowCursor(columns))
        {
            var readers = Array.ConvertAll(columns, column => NumberColumn.CreateReader(cursor, column));
            while (cursor.MoveNext())
            {
                for (var side = 0; side < readers.Length; side++)
                {
                    foreach (var value in readers[side].Read())
                    {
                        scores[side].Add(double.IsFinite(value)
                            ? (float)value
                            : throw new InvalidDataException($"Column '{columns[side].Name}', row {RowNumbers.Get(cursor)}, holds {value}. Leave rows without a score out."));
                    }
                }
            }
        }

        // As many of both sides; more than there are scores add nothing.
        var count = Math.Max(2, Math.Min(_options.QuantileCount, Math.Max(scores[0].Count, scores[1].Count)));
        return new RecalibrateScoresTransformer(
            _host, OutputColumnName, ScoreColumnName, GetQuantiles(ReferenceColumnName, scores[1], count), GetQuantiles(ScoreColumnName, scores[0], count));
    }

    /// <summary>The columns.</summary>
    public override string ToString() => $"{nameof(RecalibrateScoresEstimator)} of '{ScoreColumnName}' to the scale of '{ReferenceColumnName}' → '{OutputColumnName}'";

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var score = FindColumn(inputSchema, ScoreColumnName);
        FindColumn(inputSchema, ReferenceColumnName);
        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        result[OutputColumnName] = new SchemaShape.Column(OutputColumnName, score.Kind, NumberDataViewType.Single, isKey: false, score.Annotations);
        return new SchemaShape(result.Values);
    }

    private SchemaShape.Column FindColumn(SchemaShape schema, string name)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw _host.ExceptSchemaMismatch(nameof(schema), "score", name);
        return column.ItemType == NumberDataViewType.Single && !column.IsKey
            ? column
            : throw _host.ExceptSchemaMismatch(nameof(schema), "score", name, RecalibrateScoresTransformer.ExpectedType, column.GetTypeString());
    }

    private static double[] GetQuantiles(string name, List<float> scores, int count)
    {
        if (scores.Count < 2)
            throw new InvalidDataException($"'{name}' has {scores.Count} {(scores.Count == 1 ? "score" : "scores")}; a mapping needs at least 2.");
        scores.Sort();
        if (scores[0] == scores[^1])
            throw new InvalidDataException($"Every score in '{name}' is {scores[0]}; there is nothing to map by.");
        return MonotoneMap.GetQuantiles(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(scores), count);
    }
}
