using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.ModalityGap;

/// <summary>The records of a collection, what finds them, and the lock around both. Every number and every check is here; what records look like to users is not.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The lock holds a handle only while a thread waits for it.")]
internal sealed partial class CollectionData
{
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly Dictionary<object, StoredRecord> _byKey = [];
    private readonly Dictionary<long, StoredRecord> _byNumber = [];
    private readonly EmbeddingIndex[] _indexes;
    private readonly ValueIndex?[] _values;
    private readonly KeywordIndex?[] _keywords;
    private readonly int _modalityField;
    private readonly int _fingerprintField;
    private string? _fingerprint;
    private long _next;

    /// <exception cref="ArgumentException">The settings do not go with the schema.</exception>
    internal CollectionData(CollectionSchema schema, CollectionSettings settings)
    {
        if (settings.Describe(schema) is { } reason)
            throw new ArgumentException($"The collection cannot be created: {reason}.", nameof(settings));
        (Schema, Settings) = (schema, settings);
        _indexes = [.. schema.Vectors.Select(field => new EmbeddingIndex(
            field.GetRowDimension(settings.GetRowDimension(field)),
            new EmbeddingIndexOptions { Metric = field.Metric, Storage = settings.Storage, Correction = settings.Correction, DefaultModality = settings.DefaultModality },
            settings.Model?.Fingerprint))];
        _values = [.. schema.Values.Select(field => field.IsIndexed ? new ValueIndex(field.ClrType) : null)];
        _keywords = [.. schema.Values.Select(field => field.IsFullTextIndexed ? new KeywordIndex() : null)];
        _modalityField = settings.ModalityField is null ? -1 : schema.FindValue(settings.ModalityField);
        _fingerprintField = settings.FingerprintField is null ? -1 : schema.FindValue(settings.FingerprintField);
        _fingerprint = settings.Model?.Fingerprint;
    }

    internal CollectionSchema Schema { get; }

    internal CollectionSettings Settings { get; }

    /// <summary>Replaces records with the same keys and adds the others: all of them, or none where one cannot be kept.</summary>
    /// <exception cref="ArgumentException">A record cannot be kept; the message says which and why.</exception>
    internal void Upsert(IReadOnlyList<(object?[] Values, StatedEmbedding?[] Vectors)> records)
    {
        _gate.EnterWriteLock();
        try
        {
            // Without records, the next may come through other maps.
            var fingerprint = Settings.Model is null && _byKey.Count == 0 ? null : _fingerprint;
            var prepared = records.Select((record, i) => Prepare(record.Values, record.Vectors, i, ref fingerprint)).ToArray();
            _fingerprint = fingerprint;

            // Of records with the same key the last counts.
            foreach (var record in prepared.GroupBy(record => record.Values[0]!).Select(group => group.Last()))
                Put(record);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    internal void Delete(IEnumerable<object> keys)
    {
        _gate.EnterWriteLock();
        try
        {
            var removed = new List<long>();
            foreach (var key in keys)
            {
                if (!_byKey.Remove(key, out var record))
                    continue;
                _byNumber.Remove(record.Number);
                Unindex(record);
                removed.Add(record.Number);
            }

            foreach (var index in _indexes)
                index.Remove(removed.Select(number => new EmbeddingId(number)));
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    internal StoredRecord? Find(object key) => Read(() => _byKey.GetValueOrDefault(key));

    /// <summary>Records that fulfil a filter, in an order: first by what they are ordered by, then as they were added.</summary>
    internal IReadOnlyList<StoredRecord> Find(RecordFilter filter, IReadOnlyList<(int Field, bool Ascending)> order, int skip, int top) => Read(() =>
    {
        var ordered = Select(filter).OrderBy(_ => 0);
        foreach (var (field, ascending) in order)
            ordered = ascending ? ordered.ThenBy(record => record.Values[field], _comparer) : ordered.ThenByDescending(record => record.Values[field], _comparer);
        return ordered.ThenBy(record => record.Number).Skip(skip).Take(top).ToArray();
    });

    private static readonly Comparer<object?> _comparer = Comparer<object?>.Create((x, y) =>
        x is string a && y is string b ? string.CompareOrdinal(a, b) : Comparer<object?>.Default.Compare(x, y));

    private PreparedRecord Prepare(object?[] values, StatedEmbedding?[] vectors, int place, ref string? fingerprint)
    {
        var name = $"Record {place} ('{values[0]}')";
        var modality = _modalityField < 0 ? null : (string?)values[_modalityField];
        var stated = _fingerprintField < 0 ? null : (string?)values[_fingerprintField];
        foreach (var vector in vectors.OfType<StatedEmbedding>())
        {
            if (vector.Modality is { } own && modality is not null && own != modality)
                throw new ArgumentException($"{name} is '{modality}', but its vector was made of '{own}'.", nameof(values));
            modality ??= vector.Modality;
            if (vector.Fingerprint is { } maps)
            {
                if (Settings.MapVectors)
                    throw new ArgumentException($"The vector of {name} came through the maps {maps} already. This collection maps vectors itself: give raw ones, or leave {nameof(EmbeddingCollectionOptions.MapVectors)} out.", nameof(values));
                if (stated is not null && stated != maps)
                    throw new ArgumentException($"{name} says that its vectors came through the maps {stated}, but they came through {maps}.", nameof(values));
                stated = maps;
            }
        }

        if (Settings.MapVectors)
            stated ??= fingerprint;
        if (stated is not null && fingerprint is not null && stated != fingerprint)
            throw new ArgumentException($"{name} came through the maps {stated}, but the vectors of this collection through {fingerprint}. Vectors of different maps cannot be compared.", nameof(values));
        if (_fingerprintField >= 0 && vectors.Any(vector => vector is not null))
        {
            values[_fingerprintField] = stated ?? throw new ArgumentException(
                $"{name} does not say by which maps its vectors came. Set its property '{Settings.FingerprintField}', or give an Embedding<float> that carries '{StatedEmbedding.FingerprintKey}'.", nameof(values));
        }

        fingerprint ??= stated;
        modality ??= Settings.DefaultModality;
        if (_modalityField >= 0)
            values[_modalityField] = modality;
        var rows = new float[]?[vectors.Length];
        for (var i = 0; i < vectors.Length; i++)
        {
            if (vectors[i] is not { } vector)
                continue;
            rows[i] = Schema.Vectors[i].ToRow(Map(vector.Values, Schema.Vectors[i], modality, name));
            if (_indexes[i].FindDefect(rows[i]) is { } defect)
                throw new ArgumentException($"{name} cannot be kept: '{Schema.Vectors[i].Name}' has {defect}.", nameof(values));
            if (Settings.Correction is { } correction && (modality is null || !correction.Knows(modality)))
            {
                throw new ArgumentException(
                    $"{name} has {(modality is null ? "no modality" : $"the modality '{modality}'")}, but the model corrects scores of '{string.Join("', '", correction.Modalities)}'. Set {nameof(EmbeddingCollectionOptions.ModalityProperty)} or {nameof(EmbeddingCollectionOptions.DefaultModality)}.",
                    nameof(values));
            }
        }

        return new PreparedRecord(values, vectors, rows, modality);
    }

    /// <summary>A vector as it is compared: through the map of its modality, where this collection maps.</summary>
    private float[] Map(float[] vector, VectorField field, string? modality, string name)
    {
        if (vector.Length != field.Dimensions)
            throw new ArgumentException($"'{field.Name}' has {field.Dimensions} dimensions, but {name} has {vector.Length}.", nameof(vector));
        if (!Settings.MapVectors)
            return vector;
        var modalities = Settings.Model!.Modalities;
        modality ??= modalities is [var only] ? only.Modality : throw new ArgumentException(
            $"{name} has no modality to choose a map by: '{string.Join("', '", modalities.Select(entry => entry.Modality))}'. Set {nameof(EmbeddingCollectionOptions.ModalityProperty)}, {nameof(EmbeddingCollectionOptions.DefaultModality)} or {nameof(EmbeddingCollectionOptions.QueryModality)}.",
            nameof(modality));
        return Settings.Model.GetModality(modality).Map.Apply(vector);
    }

    private void Put(PreparedRecord record)
    {
        var old = _byKey.GetValueOrDefault(record.Values[0]!);
        if (old is not null)
            Unindex(old);
        var stored = new StoredRecord(old?.Number ?? _next++, record.Values, record.Vectors);
        for (var i = 0; i < _indexes.Length; i++)
        {
            if (record.Rows[i] is not { } row)
                _indexes[i].Remove(stored.Number);
            else if (old?.Vectors[i] is null)
                _indexes[i].Add(stored.Number, row, record.Modality);
            else
                _indexes[i].Replace(stored.Number, row, record.Modality);
        }

        Index(stored);
        _byKey[stored.Key] = stored;
        _byNumber[stored.Number] = stored;
    }

    private void Index(StoredRecord record)
    {
        for (var i = 0; i < record.Values.Length; i++)
        {
            _values[i]?.Add(record.Values[i], record.Number);
            _keywords[i]?.Add((string?)record.Values[i], record.Number);
        }
    }

    private void Unindex(StoredRecord record)
    {
        for (var i = 0; i < record.Values.Length; i++)
        {
            _values[i]?.Remove(record.Values[i], record.Number);
            _keywords[i]?.Remove((string?)record.Values[i], record.Number);
        }
    }

    /// <summary>The records that fulfil a filter: of the indexed value that the fewest have, or of all.</summary>
    private IEnumerable<StoredRecord> Select(RecordFilter filter)
    {
        IReadOnlyCollection<long>? candidates = null;
        foreach (var (field, value) in filter.Required)
        {
            if (field == _fingerprintField && value is string maps && _fingerprint is not null && maps != _fingerprint)
                throw new ArgumentException($"The filter asks for vectors of the maps {maps}, but those of this collection came through {_fingerprint}.", nameof(filter));
            var found = field == 0 ? (value is not null && _byKey.TryGetValue(value, out var record) ? [record.Number] : []) : _values[field]?.Find(value);
            if (found is not null && (candidates is null || found.Count < candidates.Count))
                candidates = found;
        }

        return (candidates is null ? _byNumber.Values : candidates.Select(number => _byNumber[number])).Where(record => filter.Matches(record.Values));
    }

    private T Read<T>(Func<T> read)
    {
        _gate.EnterReadLock();
        try
        {
            return read();
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }
}
