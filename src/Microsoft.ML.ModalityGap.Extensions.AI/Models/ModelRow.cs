using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// One row of a model's input in which some columns have values and the others are never read: what ML.NET pulls is what the asked-for output depends on, so a text can be embedded by a model that has an image column, too.
/// </summary>
internal sealed class ModelRow : DataViewRow
{
    private readonly Cell?[] _cells;
    private long _position;

    /// <param name="schema">The model's input.</param>
    /// <param name="columns">The columns that will have values.</param>
    internal ModelRow(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        Schema = schema;
        _cells = new Cell?[schema.Count];
        foreach (var column in columns)
        {
            _cells[column.Index] = column.Type is TextDataViewType ? new TextCell()
                : column.Type is VectorDataViewType { ItemType.RawType: var type } && type == typeof(byte) ? new VectorCell<byte>()
                : new VectorCell<float>();
        }
    }

    public override DataViewSchema Schema { get; }

    /// <summary>Grows with every row, as some getters keep what they made of a position.</summary>
    public override long Position => _position;

    public override long Batch => 0;

    /// <summary>Gives a column of texts its value.</summary>
    internal void Set(DataViewSchema.Column column, string value) => ((TextCell)_cells[column.Index]!).Value = value.AsMemory();

    /// <summary>Gives a column of vectors its value.</summary>
    internal void Set<T>(DataViewSchema.Column column, ReadOnlyMemory<T> value) => ((VectorCell<T>)_cells[column.Index]!).Value = value;

    /// <summary>Says that the values are those of another row.</summary>
    internal void MoveNext() => _position++;

    public override bool IsColumnActive(DataViewSchema.Column column) => _cells[column.Index] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _cells[column.Index]?.Getter is ValueGetter<TValue> getter
        ? getter
        : throw new InvalidOperationException($"The column '{column.Name}' was asked for as {typeof(TValue)}, but is {(_cells[column.Index] is null ? "not active" : $"{column.Type}")}.");

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

    private abstract class Cell
    {
        internal abstract Delegate Getter { get; }
    }

    private sealed class TextCell : Cell
    {
        internal TextCell() => Getter = (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Value);

        internal ReadOnlyMemory<char> Value { get; set; }

        internal override Delegate Getter { get; }
    }

    private sealed class VectorCell<T> : Cell
    {
        internal VectorCell() => Getter = (ValueGetter<VBuffer<T>>)Copy;

        internal ReadOnlyMemory<T> Value { get; set; }

        internal override Delegate Getter { get; }

        private void Copy(ref VBuffer<T> value)
        {
            var editor = VBufferEditor.Create(ref value, Value.Length);
            Value.Span.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
