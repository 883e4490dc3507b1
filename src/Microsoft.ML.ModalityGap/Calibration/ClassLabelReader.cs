using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads the class of a row as its place among the scores' classes.</summary>
internal static class ClassLabelReader
{
    internal static DataViewSchema.Column Find(IExceptionContext host, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(schema), "label", name);
        if (column.Type is not (KeyDataViewType or TextDataViewType))
            throw host.ExceptSchemaMismatch(nameof(schema), "label", name, "a key or a text", column.Type.ToString());
        return column;
    }

    /// <summary>By name where both sides have names, so that a key of another order is no mistake; else by number. −1 for a missing label.</summary>
    internal static Func<int> Create(DataViewRow row, DataViewSchema.Column column, string[]? classNames, int classCount)
    {
        var keyNames = column.Type is KeyDataViewType ? NumberColumn.FindNames(column, AnnotationUtils.Kinds.KeyValues) : null;
        if (classNames is null && (column.Type is TextDataViewType || keyNames is not null))
            throw new InvalidDataException($"The classes in '{column.Name}' are names, but the scores have no slot names to find them among.");
        if (classNames is not null && (column.Type is TextDataViewType || keyNames is not null))
        {
            var reader = ModalityReader.Create(row, column);
            return () =>
            {
                var name = reader.Read().ToString();
                if (name.Length == 0)
                    return -1;
                return Array.IndexOf(classNames, name) is >= 0 and var index
                    ? index
                    : throw UnusableScores.CreateUnknownClass(row, column.Name, "the class", name, classNames);
            };
        }

        var keys = NumberColumn.CreateReader(row, column);
        return () =>
        {
            var key = keys.Read()[0];
            return key <= classCount ? (int)key - 1 : throw new InvalidDataException($"Column '{column.Name}', row {RowNumbers.Get(row)}, has the class {key}, but there are scores for {classCount}.");
        };
    }
}
