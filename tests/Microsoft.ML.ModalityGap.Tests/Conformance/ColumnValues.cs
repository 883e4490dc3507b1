using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>The values of columns as comparable objects: vectors become arrays, texts strings.</summary>
internal static class ColumnValues
{
    /// <summary>All rows through one cursor: per row the values of the named columns.</summary>
    public static List<object[]> Read(IDataView data, params string[] columns)
    {
        using var cursor = data.GetRowCursor(Select(data.Schema, columns));
        return [.. ReadAll(cursor, columns).Select(row => row.Values)];
    }

    /// <summary>All rows through a set of parallel cursors, in the order of their ids.</summary>
    public static List<object[]> ReadParallel(IDataView data, params string[] columns)
    {
        var cursors = data.GetRowCursorSet(Select(data.Schema, columns), 3);
        var tasks = cursors.Select(cursor => Task.Factory.StartNew(
            () =>
            {
                using (cursor)
                    return ReadAll(cursor, columns).ToList();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        Task.WaitAll(tasks);
        return [.. tasks.SelectMany(task => task.Result).OrderBy(row => row.Id.High).ThenBy(row => row.Id.Low).Select(row => row.Values)];
    }

    /// <summary>All rows through the transformer's row mapper, one row at a time: the way a prediction engine takes.</summary>
    public static List<object[]> ReadThroughRowMapper(ITransformer transformer, IDataView data, params string[] columns)
    {
        var mapper = transformer.GetRowToRowMapper(data.Schema);
        var wanted = Select(mapper.OutputSchema, columns);
        using var cursor = data.GetRowCursor(mapper.GetDependencies(wanted));
        using var row = mapper.GetRow(cursor, wanted);
        var getters = columns.Select(name => CreateReader(row, row.Schema[name])).ToArray();
        var result = new List<object[]>();
        while (cursor.MoveNext())
            result.Add(Array.ConvertAll(getters, getter => getter()));
        return result;
    }

    /// <summary>A reader of one column of a row.</summary>
    public static Func<object> CreateReader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        VectorDataViewType { ItemType: TextDataViewType } => Vector<ReadOnlyMemory<char>>(row, column, values => values.Select(value => value.ToString()).ToArray()),
        VectorDataViewType vector => (Func<object>)typeof(ColumnValues).GetMethod(nameof(NumberVector), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(vector.ItemType.RawType).Invoke(null, [row, column])!,
        TextDataViewType => Scalar<ReadOnlyMemory<char>>(row, column, value => value.ToString()),
        _ => (Func<object>)typeof(ColumnValues).GetMethod(nameof(PlainScalar), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(column.Type.RawType).Invoke(null, [row, column])!,
    };

    /// <summary>Whether two values are the same, bit for bit: NaN equals NaN.</summary>
    public static bool AreEqual(object a, object b) => (a, b) switch
    {
        (Array x, Array y) => x.Length == y.Length && x.Cast<object>().SequenceEqual(y.Cast<object>()),
        _ => a.Equals(b),
    };

    private static IEnumerable<(DataViewRowId Id, object[] Values)> ReadAll(DataViewRowCursor cursor, string[] columns)
    {
        var id = cursor.GetIdGetter();
        var readers = columns.Select(name => CreateReader(cursor, cursor.Schema[name])).ToArray();
        while (cursor.MoveNext())
        {
            DataViewRowId rowId = default;
            id(ref rowId);
            yield return (rowId, Array.ConvertAll(readers, reader => reader()));
        }
    }

    private static DataViewSchema.Column[] Select(DataViewSchema schema, string[] columns) => Array.ConvertAll(columns, name => schema[name]);

    private static Func<object> NumberVector<T>(DataViewRow row, DataViewSchema.Column column) => Vector<T>(row, column, values => values);

    private static Func<object> PlainScalar<T>(DataViewRow row, DataViewSchema.Column column) => Scalar<T>(row, column, value => value!);

    private static Func<object> Vector<T>(DataViewRow row, DataViewSchema.Column column, Func<T[], object> convert)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        return () =>
        {
            VBuffer<T> value = default;
            getter(ref value);
            return convert(value.DenseValues().ToArray());
        };
    }

    private static Func<object> Scalar<T>(DataViewRow row, DataViewSchema.Column column, Func<T, object> convert)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return convert(value);
        };
    }
}
