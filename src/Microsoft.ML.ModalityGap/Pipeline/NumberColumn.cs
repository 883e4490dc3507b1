using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads columns of numbers of any type, one or many a row, as doubles: scores, ratings, counts, indicators.</summary>
internal abstract class NumberColumn
{
    /// <summary>Finds a column of numbers or Booleans, scalar or vector.</summary>
    /// <param name="context">Throws when it is not there.</param>
    /// <param name="schema">Where to look.</param>
    /// <param name="role">What the column is for, in the message.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isVector">Whether it must hold several numbers a row, or one; <see langword="null"/> for either.</param>
    internal static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string role, string name, bool? isVector)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), role, name);
        var itemType = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
        if (itemType is not (NumberDataViewType or BooleanDataViewType) || (isVector is { } wanted && wanted != column.Type is VectorDataViewType))
        {
            var expected = isVector switch { true => "a vector of numbers", false => "a number", _ => "a number or a vector of numbers" };
            throw context.ExceptSchemaMismatch(nameof(schema), role, name, expected, column.Type.ToString());
        }

        return column;
    }

    internal static NumberColumn CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        var rawType = ((column.Type as VectorDataViewType)?.ItemType ?? column.Type).RawType;
        return Type.GetTypeCode(rawType) switch
        {
            TypeCode.Single => Create<float>(row, column),
            TypeCode.Double => Create<double>(row, column),
            TypeCode.Boolean => Create<bool>(row, column),
            TypeCode.Byte => Create<byte>(row, column),
            TypeCode.SByte => Create<sbyte>(row, column),
            TypeCode.Int16 => Create<short>(row, column),
            TypeCode.UInt16 => Create<ushort>(row, column),
            TypeCode.Int32 => Create<int>(row, column),
            TypeCode.UInt32 => Create<uint>(row, column),
            TypeCode.Int64 => Create<long>(row, column),
            _ => Create<ulong>(row, column),
        };
    }

    /// <summary>The numbers of the current row; valid until the next call.</summary>
    internal abstract ReadOnlySpan<double> Read();

    /// <summary>The names of a vector's slots; <see langword="null"/> where it has none.</summary>
    internal static string[]? FindSlotNames(DataViewSchema.Column column) => FindNames(column, AnnotationUtils.Kinds.SlotNames);

    /// <summary>The texts of one kind of annotation, such as slot names or key values.</summary>
    internal static string[]? FindNames(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind) is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(kind, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static NumberColumn Create<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, IConvertible => column.Type is VectorDataViewType ? new VectorReader<T>(row.GetGetter<VBuffer<T>>(column)) : new ScalarReader<T>(row.GetGetter<T>(column));

    private sealed class ScalarReader<T>(ValueGetter<T> getter) : NumberColumn
        where T : struct, IConvertible
    {
        private readonly double[] _value = new double[1];
        private T _source;

        internal override ReadOnlySpan<double> Read()
        {
            getter(ref _source);
            _value[0] = _source.ToDouble(CultureInfo.InvariantCulture);
            return _value;
        }
    }

    private sealed class VectorReader<T>(ValueGetter<VBuffer<T>> getter) : NumberColumn
        where T : struct, IConvertible
    {
        private double[] _values = [];
        private VBuffer<T> _source;

        internal override ReadOnlySpan<double> Read()
        {
            getter(ref _source);
            if (_values.Length < _source.Length)
                _values = new double[_source.Length];
            var values = _values.AsSpan(0, _source.Length);
            values.Clear();
            foreach (var item in _source.Items())
                values[item.Key] = item.Value.ToDouble(CultureInfo.InvariantCulture);
            return values;
        }
    }
}
