using System.Collections.Frozen;

namespace Microsoft.ML.ModalityGap;

/// <summary>The types that keys and data may have, by the names under which they are stored.</summary>
internal static class FieldType
{
    internal const string KeyTypes = "string, Guid, int, long, ulong";

    internal const string DataTypes = "string, bool, byte, short, int, long, ulong, float, double, decimal, DateTime, DateTimeOffset, DateOnly, TimeOnly, Guid, nullable ones, and arrays and lists of them";

    private static readonly FrozenDictionary<string, Type> _scalars = new Dictionary<string, Type>
    {
        ["string"] = typeof(string), ["bool"] = typeof(bool), ["byte"] = typeof(byte), ["int16"] = typeof(short), ["int32"] = typeof(int), ["int64"] = typeof(long), ["uint64"] = typeof(ulong),
        ["float32"] = typeof(float), ["float64"] = typeof(double), ["decimal"] = typeof(decimal), ["datetime"] = typeof(DateTime), ["datetimeoffset"] = typeof(DateTimeOffset),
        ["date"] = typeof(DateOnly), ["time"] = typeof(TimeOnly), ["guid"] = typeof(Guid),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> _names = _scalars.ToFrozenDictionary(entry => entry.Value, entry => entry.Key);

    internal static bool IsKey(Type type) => type == typeof(string) || type == typeof(Guid) || type == typeof(int) || type == typeof(long) || type == typeof(ulong);

    /// <summary>The name of a type, or <see langword="null"/> where it is not among them.</summary>
    internal static string? FindName(Type type) =>
        _names.TryGetValue(type, out var name) ? name
        : Nullable.GetUnderlyingType(type) is { } value && _names.TryGetValue(value, out var nullable) ? nullable + "?"
        : GetElement(type) is { } element && _names.TryGetValue(element, out var inner) ? (type.IsArray ? $"{inner}[]" : $"list<{inner}>")
        : null;

    /// <summary>The type of a name.</summary>
    /// <exception cref="InvalidDataException">There is no such type.</exception>
    internal static Type Parse(string name) =>
        _scalars.TryGetValue(name, out var type) ? type
        : name.EndsWith('?') && _scalars.TryGetValue(name[..^1], out var value) && value.IsValueType ? typeof(Nullable<>).MakeGenericType(value)
        : name.EndsWith("[]", StringComparison.Ordinal) && _scalars.TryGetValue(name[..^2], out var element) ? element.MakeArrayType()
        : name.StartsWith("list<", StringComparison.Ordinal) && _scalars.TryGetValue(name[5..^1], out var item) ? typeof(List<>).MakeGenericType(item)
        : throw new InvalidDataException($"The stored vector store is damaged: it names a type '{name}'.");

    /// <summary>The type of the elements of an array or list; <see langword="null"/> for others.</summary>
    internal static Type? GetElement(Type type) =>
        type.IsSZArray ? type.GetElementType() : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>A value that later changes of the given one do not touch.</summary>
    internal static object? Copy(object? value) => value switch
    {
        null or string => value,
        Array array => array.Clone(),
        System.Collections.IList list => Activator.CreateInstance(value.GetType(), list),
        _ => value,
    };
}
