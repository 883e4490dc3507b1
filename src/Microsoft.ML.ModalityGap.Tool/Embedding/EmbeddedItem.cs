using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>An item with its embedding: a row of the tables that <c>embed</c> writes.</summary>
internal sealed class EmbeddedItem
{
    private const string ItemColumnName = "item";

    public string Item { get; set; } = "";

    public float[] Embedding { get; set; } = [];

    /// <summary>The rows of a .npy file with what they are of.</summary>
    internal static IDataView CreateView(MLContext ml, string npyPath, string columnName, IReadOnlyList<string> items)
    {
        var rows = ml.ModalityGap().LoadFromNpy(npyPath, columnName);
        var definition = SchemaDefinition.Create(typeof(EmbeddedItem));
        definition[nameof(Item)].ColumnName = ItemColumnName;
        definition[nameof(Embedding)].ColumnName = columnName;
        definition[nameof(Embedding)].ColumnType = rows.Schema[columnName].Type;
        return ml.Data.LoadFromEnumerable(items.Zip(rows.GetColumn<float[]>(columnName), (item, row) => new EmbeddedItem { Item = item, Embedding = row }), definition);
    }
}
