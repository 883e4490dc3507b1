using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which columns of a data view the values of files become.</summary>
internal static class ColumnTypes
{
    private static readonly Dictionary<Type, DataViewType> _types = new()
    {
        [typeof(ReadOnlyMemory<char>)] = TextDataViewType.Instance,
        [typeof(bool)] = BooleanDataViewType.Instance,
        [typeof(sbyte)] = NumberDataViewType.SByte,
        [typeof(byte)] = NumberDataViewType.Byte,
        [typeof(short)] = NumberDataViewType.Int16,
        [typeof(ushort)] = NumberDataViewType.UInt16,
        [typeof(int)] = NumberDataViewType.Int32,
        [typeof(uint)] = NumberDataViewType.UInt32,
        [typeof(long)] = NumberDataViewType.Int64,
        [typeof(ulong)] = NumberDataViewType.UInt64,
        [typeof(float)] = NumberDataViewType.Single,
        [typeof(double)] = NumberDataViewType.Double,
        [typeof(DateTime)] = DateTimeDataViewType.Instance,
    };

    /// <summary>The column's type for values of a type; <see langword="null"/> where there is none.</summary>
    internal static DataViewType? Find(Type type) => _types.GetValueOrDefault(type);

    /// <summary>Calls a visitor with a column's type of values.</summary>
    /// <param name="type">One of those that <see cref="Find"/> knows.</param>
    /// <param name="visitor">What is done.</param>
    internal static TResult Dispatch<TResult>(Type type, ITypeVisitor<TResult> visitor) =>
        type == typeof(ReadOnlyMemory<char>) ? visitor.Visit<ReadOnlyMemory<char>>()
        : type == typeof(bool) ? visitor.Visit<bool>()
        : type == typeof(sbyte) ? visitor.Visit<sbyte>()
        : type == typeof(byte) ? visitor.Visit<byte>()
        : type == typeof(short) ? visitor.Visit<short>()
        : type == typeof(ushort) ? visitor.Visit<ushort>()
        : type == typeof(int) ? visitor.Visit<int>()
        : type == typeof(uint) ? visitor.Visit<uint>()
        : type == typeof(long) ? visitor.Visit<long>()
        : type == typeof(ulong) ? visitor.Visit<ulong>()
        : type == typeof(float) ? visitor.Visit<float>()
        : type == typeof(double) ? visitor.Visit<double>()
        : type == typeof(DateTime) ? visitor.Visit<DateTime>()
        : throw new NotSupportedException($"Values of {type} have no column here.");

    /// <summary>The column of lists of numbers.</summary>
    /// <exception cref="InvalidDataException">No embedding has that dimension.</exception>
    internal static VectorDataViewType CreateVector(string file, string field, long dimension) => dimension is >= 1 and <= EmbeddingMapFormat.MaximumDimension
        ? new VectorDataViewType(NumberDataViewType.Single, (int)dimension)
        : throw new InvalidDataException($"'{file}' has lists of {dimension} numbers in '{field}'; an embedding's dimension is from 1 to {EmbeddingMapFormat.MaximumDimension}.");

    /// <summary>The value of a row that has none; text and numbers with a value for it have one.</summary>
    /// <exception cref="InvalidDataException">The type has no such value.</exception>
    internal static T GetMissing<T>(string file, string block, string field, long row)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)float.NaN;
        if (typeof(T) == typeof(double))
            return (T)(object)double.NaN;
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
            return default!;
        throw new InvalidDataException($"'{file}', {block}, row {row} has no value in '{field}', and a column of {typeof(T).Name} has none for that. Leave the column out, or fill it in.");
    }
}
