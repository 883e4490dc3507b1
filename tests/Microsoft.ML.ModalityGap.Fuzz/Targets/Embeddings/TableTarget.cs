using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A file of tables, loaded with all its columns and read to its end.</summary>
internal abstract class TableTarget : FuzzTarget
{
    internal override double Share => 0.7;

    protected static float[][] Vectors { get; } = [.. Enumerable.Range(0, 12).Select(i => Seeds.Rows(1, 4, i))];

    protected static IDataView Table { get; } = CreateTable();

    private static IDataView CreateTable()
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        return Seeds.Context.Data.LoadFromEnumerable(Vectors.Select((vector, i) => new Row { Id = i, Caption = $"caption {i} é", Score = i / 7f, Embedding = vector }).ToArray(), schema);
    }

    private sealed class Row
    {
        public long Id { get; set; }

        public string Caption { get; set; } = "";

        public float Score { get; set; }

        public float[] Embedding { get; set; } = [];
    }
}
