namespace Microsoft.ML.ModalityGap;

internal sealed partial class CollectionData
{
    /// <summary>Hands out all that is kept, in the order of addition, while nothing changes.</summary>
    internal void Write(Action<string?, long, StoredRecord[]> write) => Read(() =>
    {
        write(_fingerprint, _next, [.. _byNumber.Values.OrderBy(record => record.Number)]);
        return true;
    });

    /// <summary>Puts back what was stored, with the numbers it had, so that equal scores stay in their order.</summary>
    /// <exception cref="ArgumentException">A record cannot be kept.</exception>
    internal void Restore(string? fingerprint, long next, IReadOnlyList<StoredRecord> records)
    {
        _fingerprint = fingerprint;
        foreach (var (record, i) in records.Select((record, i) => (record, i)))
        {
            if (record.Number < _next || record.Number >= next || record.Values[0] is null || _byKey.ContainsKey(record.Key))
                throw new ArgumentException($"record {i} has the number {record.Number} and the key '{record.Values[0]}'.", nameof(records));
            _next = record.Number;
            Put(Prepare(record.Values, record.Vectors, i, ref fingerprint));
        }

        _next = next;
    }
}
