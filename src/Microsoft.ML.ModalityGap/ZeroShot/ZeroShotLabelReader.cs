using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads true classes by name, and says which of the classifier's they are.</summary>
internal sealed class ZeroShotLabelReader
{
    private readonly DataViewRow _row;
    private readonly DataViewSchema.Column _column;
    private readonly ZeroShotClasses _classes;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indices;

    internal ZeroShotLabelReader(DataViewRow row, DataViewSchema.Column column, ZeroShotClasses classes)
    {
        (_row, _column, _classes) = (row, column, classes);
        var indices = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < classes.Count; i++)
            indices.Add(classes.Names[i], i);
        _indices = indices.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Keys count from 1; a missing label is 0.</summary>
    internal ValueGetter<uint> CreateKeyGetter()
    {
        var reader = ModalityReader.Create(_row, _column);
        return (ref uint value) =>
        {
            var name = reader.Read();
            value = name.IsEmpty ? 0 : (uint)Find(name) + 1;
        };
    }

    /// <summary>One Boolean a class.</summary>
    internal ValueGetter<VBuffer<bool>> CreateIndicatorGetter()
    {
        if (_column.Type is not VectorDataViewType { ItemType: var itemType })
        {
            var reader = ModalityReader.Create(_row, _column);
            return (ref VBuffer<bool> value) =>
            {
                var editor = Clear(ref value);
                if (reader.Read() is { IsEmpty: false } name)
                    editor.Values[Find(name)] = true;
                value = editor.Commit();
            };
        }

        if (itemType is TextDataViewType)
        {
            return CreateIndicatorGetter<ReadOnlyMemory<char>>((item, _, values) =>
            {
                if (!item.IsEmpty)
                    values[Find(item.Span)] = true;
            });
        }

        return itemType is BooleanDataViewType
            ? CreateIndicatorGetter<bool>((item, i, values) => values[i] = item)
            : CreateIndicatorGetter<float>((item, i, values) => values[i] = item > 0);
    }

    private ValueGetter<VBuffer<bool>> CreateIndicatorGetter<T>(SetAction<T> set)
    {
        var getter = _row.GetGetter<VBuffer<T>>(_column);
        VBuffer<T> source = default;
        return (ref VBuffer<bool> value) =>
        {
            getter(ref source);
            var editor = Clear(ref value);
            foreach (var item in source.Items())
                set(item.Value, item.Key, editor.Values);
            value = editor.Commit();
        };
    }

    private VBufferEditor<bool> Clear(ref VBuffer<bool> value)
    {
        var editor = VBufferEditor.Create(ref value, _classes.Count);
        editor.Values.Clear();
        return editor;
    }

    private int Find(ReadOnlySpan<char> name) => _indices.TryGetValue(name, out var index)
        ? index
        : throw new InvalidDataException(
            $"Column '{_column.Name}', row {RowNumbers.Get(_row)}, has the class '{name}', which is none of the {_classes.Count}: {_classes.DescribeNames()}. "
            + $"Add it to the classes, or set {nameof(ClassifyZeroShotOptions.LabelColumnName)} to null to leave the column alone.");

    private delegate void SetAction<T>(T item, int index, Span<bool> values);
}
