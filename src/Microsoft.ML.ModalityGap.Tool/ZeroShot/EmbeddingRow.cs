using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A row of a .npy file.</summary>
internal class EmbeddingRow
{
    public float[] Embedding { get; set; } = [];
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
