using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What a zero-shot classifier says of a row that may have any number of classes.</summary>
internal sealed class MultiLabelPrediction
{
    public bool[] PredictedLabel { get; set; } = [];

    public float[] Score { get; set; } = [];
}

/// <summary>A row of a .npy file with its true classes.</summary>
internal sealed class MultiLabelledRow : EmbeddingRow
{
    public string[] Label { get; set; } = [];

    /// <summary>The rows of a file with their classes, read anew in each pass.</summary>
    internal static IDataView Create(MLContext ml, IDataView rows, IReadOnlyList<string[]> labels, int dimension)
    {
        var definition = SchemaDefinition.Create(typeof(MultiLabelledRow));
        definition[nameof(Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return ml.Data.LoadFromEnumerable(
            ml.Data.CreateEnumerable<EmbeddingRow>(rows, reuseRowObject: false).Zip(labels, (row, label) => new MultiLabelledRow { Embedding = row.Embedding, Label = label }), definition);
    }
}
