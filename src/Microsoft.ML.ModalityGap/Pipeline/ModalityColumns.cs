using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Where the embeddings of the modalities are: in columns of their own (<see cref="PerColumn(IEnumerable{string})"/>, wide data), or all in one column with a
/// second column that says which modality a row has (<see cref="PerRow"/>, long data).
/// </summary>
public sealed class ModalityColumns
{
    private ModalityColumns(IReadOnlyList<(string Output, string Input)> pairs, string? modalityColumnName)
    {
        Pairs = pairs;
        ModalityColumnName = modalityColumnName;
    }

    /// <summary>The output and input names of the embedding columns: one pair per modality in wide data, a single pair in long data.</summary>
    public IReadOnlyList<(string Output, string Input)> Pairs { get; }

    /// <summary>The column of text or key type that says which modality a row has, in long data; <see langword="null"/> in wide data.</summary>
    public string? ModalityColumnName { get; }

    /// <summary>A modality per column, changed in place: each column is a modality, called as the column is.</summary>
    /// <param name="columnNames">At least one name.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    public static ModalityColumns PerColumn(params IEnumerable<string> columnNames)
    {
        ArgumentNullException.ThrowIfNull(columnNames);
        return CreatePerColumn(columnNames.Select(name => (name, name)), nameof(columnNames));
    }

    /// <summary>A modality per column, to new columns: each pair is a modality, called as its input column is.</summary>
    /// <param name="columns">At least one pair; a missing input name means the output name.</param>
    /// <exception cref="ArgumentException">There is no pair, an empty name, or the same output or input twice.</exception>
    public static ModalityColumns PerColumn(params IEnumerable<InputOutputColumnPair> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return CreatePerColumn(columns.Select(pair => (pair.OutputColumnName, pair.InputColumnName ?? pair.OutputColumnName)), nameof(columns));
    }

    /// <summary>A modality per row: one embedding column, and a column that names each row's modality.</summary>
    /// <param name="embeddingColumnName">The embeddings.</param>
    /// <param name="modalityColumnName">Their modalities, as text or as a key with key values.</param>
    /// <param name="outputColumnName">The result; <see langword="null"/> to change the embedding column in place.</param>
    /// <exception cref="ArgumentException">A name is empty, or the embedding and the modality column are the same.</exception>
    public static ModalityColumns PerRow(string embeddingColumnName, string modalityColumnName, string? outputColumnName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(embeddingColumnName);
        ArgumentException.ThrowIfNullOrEmpty(modalityColumnName);
        var output = outputColumnName ?? embeddingColumnName;
        ArgumentException.ThrowIfNullOrEmpty(output, nameof(outputColumnName));
        if (modalityColumnName == embeddingColumnName)
            throw new ArgumentException($"The column '{modalityColumnName}' cannot hold both the embeddings and their modalities.", nameof(modalityColumnName));
        if (modalityColumnName == output)
            throw new ArgumentException($"The output would replace the modality column '{modalityColumnName}'. Choose another name.", nameof(outputColumnName));
        return new ModalityColumns([(output, embeddingColumnName)], modalityColumnName);
    }

    /// <summary>The columns, such as <c>'Image', 'Text' → 'Closed'</c> or <c>'Embedding' by 'Modality'</c>.</summary>
    public override string ToString() =>
        string.Join(", ", Pairs.Select(pair => pair.Input == pair.Output ? $"'{pair.Input}'" : $"'{pair.Input}' → '{pair.Output}'")) + (ModalityColumnName is null ? "" : $" by '{ModalityColumnName}'");

    /// <summary>The schema that an estimator of maps promises.</summary>
    /// <param name="context">Words the errors.</param>
    /// <param name="inputSchema">The schema of the data.</param>
    /// <param name="keepsDimension">Whether the maps yield as many dimensions as they take, so that annotations of single dimensions stay true.</param>
    internal SchemaShape PromiseSchema(IExceptionContext context, SchemaShape inputSchema, bool keepsDimension)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        if (ModalityColumnName is not null)
            EmbeddingColumns.FindModality(context, inputSchema, ModalityColumnName);

        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var (output, input) in Pairs)
        {
            var column = EmbeddingColumns.Find(context, inputSchema, input);
            var annotations = column.Annotations
                .Where(annotation => keepsDimension && annotation.Name != MapFingerprint.AnnotationKind).Append(MapFingerprint.Promise());
            result[output] = new SchemaShape.Column(
                output, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(annotations));
        }

        return new SchemaShape(result.Values);
    }

    /// <summary>From what was stored, through the same checks.</summary>
    internal static ModalityColumns Restore(IReadOnlyList<(string Output, string Input)> pairs, string modalityColumnName)
    {
        if (modalityColumnName.Length == 0)
            return CreatePerColumn(pairs, nameof(pairs));
        return pairs.Count == 1
            ? PerRow(pairs[0].Input, modalityColumnName, pairs[0].Output)
            : throw new InvalidDataException($"The stored columns are damaged: {pairs.Count} embedding columns share a modality column.");
    }

    private static ModalityColumns CreatePerColumn(IEnumerable<(string Output, string Input)> pairs, string parameterName)
    {
        var list = pairs.ToArray();
        if (list.Length == 0)
            throw new ArgumentException("Name at least one embedding column.", parameterName);

        var (outputs, inputs) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (output, input) in list)
        {
            if (string.IsNullOrEmpty(output) || string.IsNullOrEmpty(input))
                throw new ArgumentException("A column name is empty.", parameterName);
            if (!inputs.Add(input))
                throw new ArgumentException($"The column '{input}' is given twice.", parameterName);
            if (!outputs.Add(output))
                throw new ArgumentException($"The output column '{output}' is given twice.", parameterName);
        }

        return new ModalityColumns(list, modalityColumnName: null);
    }
}
