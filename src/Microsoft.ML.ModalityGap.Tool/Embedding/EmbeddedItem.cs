using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>An item with its embedding: a row of the tables that <c>embed</c> writes.</summary>
internal sealed class EmbeddedItem
{
    internal const string ItemColumnName = "item";

    public string Item { get; set; } = "";

    public float[] Embedding { get; set; } = [];

    /// <summary>The rows of a .npy file with what they are of.</summary>
    internal static IDataView CreateView(MLContext ml, string npyPath, string columnName, IReadOnlyList<string> items)
    {
        var rows = ml.ModalityGap().LoadFromNpy(npyPath, columnName);
        var definition = SchemaDefinition.Create(typeof(EmbeddedItem));
        var (item, embedding) = (definition[nameof(Item)], definition[nameof(Embedding)]);
        item.ColumnName = ItemColumnName;
        (embedding.ColumnName, embedding.ColumnType) = (columnName, rows.Schema[columnName].Type);
        return ml.Data.LoadFromEnumerable(items.Zip(rows.GetColumn<float[]>(columnName), (text, row) => new EmbeddedItem { Item = text, Embedding = row }), definition);
    }
}
