using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A row of a .npy file.</summary>
internal class EmbeddingRow
{
    public float[] Embedding { get; set; } = [];

    /// <summary>Rows at hand as a column of a name; at least one, all of one dimension.</summary>
    internal static IDataView CreateView(MLContext ml, IReadOnlyList<EmbeddingRow> rows, string name)
    {
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        var column = definition[nameof(Embedding)]; // found by its column's name, so before that is changed
        (column.ColumnName, column.ColumnType) = (name, new VectorDataViewType(NumberDataViewType.Single, rows[0].Embedding.Length));
        return ml.Data.LoadFromEnumerable(rows, definition);
    }
}

/// <summary>The same with its true class.</summary>
internal sealed class LabelledRow : EmbeddingRow
{
    public string Label { get; set; } = "";

    /// <summary>The rows of a file with their classes, read anew in each pass.</summary>
    internal static IDataView Create(MLContext ml, IDataView rows, IReadOnlyList<string> labels, int dimension)
    {
        var definition = SchemaDefinition.Create(typeof(LabelledRow));
        definition[nameof(Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return ml.Data.LoadFromEnumerable(
            ml.Data.CreateEnumerable<EmbeddingRow>(rows, reuseRowObject: false).Zip(labels, (row, label) => new LabelledRow { Embedding = row.Embedding, Label = label }), definition);
    }
}
