using Apache.Arrow.Types;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which of Arrow's types are which of ours.</summary>
internal static class ArrowTypes
{
    /// <summary>Times as they are written: microseconds without a zone.</summary>
    internal static TimestampType Time { get; } = new(TimeUnit.Microsecond, timezone: (string?)null);

    /// <summary>The type that values are written as.</summary>
    internal static IArrowType? Find(Type type) =>
        type == typeof(ReadOnlyMemory<char>) ? StringType.Default
        : type == typeof(bool) ? BooleanType.Default
        : type == typeof(sbyte) ? Int8Type.Default
        : type == typeof(byte) ? UInt8Type.Default
        : type == typeof(short) ? Int16Type.Default
        : type == typeof(ushort) ? UInt16Type.Default
        : type == typeof(int) ? Int32Type.Default
        : type == typeof(uint) ? UInt32Type.Default
        : type == typeof(long) ? Int64Type.Default
        : type == typeof(ulong) ? UInt64Type.Default
        : type == typeof(float) ? FloatType.Default
        : type == typeof(double) ? DoubleType.Default
        : type == typeof(DateTime) ? Time
        : null;

    /// <summary>The type that values are read as; <see langword="null"/> where they are not read.</summary>
    internal static Type? Find(IArrowType type) => type switch
    {
        StringType or LargeStringType or StringViewType => typeof(ReadOnlyMemory<char>),
        BooleanType => typeof(bool),
        Int8Type => typeof(sbyte),
        UInt8Type => typeof(byte),
        Int16Type => typeof(short),
        UInt16Type => typeof(ushort),
        Int32Type => typeof(int),
        UInt32Type => typeof(uint),
        Int64Type => typeof(long),
        UInt64Type => typeof(ulong),
        FloatType => typeof(float),
        DoubleType => typeof(double),
        TimestampType => typeof(DateTime),
        _ => null,
    };

    /// <summary>Whether values are lists of numbers that become vectors.</summary>
    internal static bool IsVector(IArrowType type) => type is FixedSizeListType or ListType or LargeListType && ((NestedType)type).Fields[0].DataType is FloatType or DoubleType or HalfFloatType;
}
