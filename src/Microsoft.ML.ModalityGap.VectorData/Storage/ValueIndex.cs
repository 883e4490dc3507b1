namespace Microsoft.ML.ModalityGap;

/// <summary>Which records have a value: the index of a data property, which filters for equality look up. Arrays and lists are indexed by their elements.</summary>
internal sealed class ValueIndex(Type type)
{
    private static readonly object _null = new();

    private readonly bool _isList = FieldType.GetElement(type) is not null;
    private readonly Dictionary<object, HashSet<long>> _records = [];

    internal void Add(object? value, long record)
    {
        foreach (var key in GetKeys(value))
        {
            if (!_records.TryGetValue(key, out var records))
                _records.Add(key, records = []);
            records.Add(record);
        }
    }

    internal void Remove(object? value, long record)
    {
        foreach (var key in GetKeys(value))
        {
            if (_records.TryGetValue(key, out var records) && records.Remove(record) && records.Count == 0)
                _records.Remove(key);
        }
    }

    /// <summary>The records with a value, or with an element of it.</summary>
    internal IReadOnlyCollection<long> Find(object? value) => _records.TryGetValue(value ?? _null, out var records) ? records : [];

    private IEnumerable<object> GetKeys(object? value) => value is not null && _isList ? ((System.Collections.IEnumerable)value).Cast<object?>().Select(item => item ?? _null).Distinct() : [value ?? _null];
}
