using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A collection of an <see cref="EmbeddingVectorStore"/>: records found by exact search over <see cref="EmbeddingIndex"/>es, corrected by the model of its <see cref="EmbeddingCollectionOptions"/>, by filters, and by words.
/// </summary>
/// <typeparam name="TKey">The type of keys: string, Guid, int, long or ulong.</typeparam>
/// <typeparam name="TRecord">The type of records, with Microsoft.Extensions.VectorData's attributes or a definition.</typeparam>
/// <remarks>
/// <para>Vectors are <c>ReadOnlyMemory&lt;float&gt;</c>, <c>float[]</c> or <c>Embedding&lt;float&gt;</c>, which also says the maps it came through; or what a generator makes them of. Distance functions: cosine similarity (the default) and distance, dot
/// product and its negative. Scores of a collection whose model has a correction are corrected ones.</para>
/// <para>Records are copied in and out. A batch is kept as a whole or not at all. Updates take the place of the record they replace; deletion takes a pass over the vectors, so delete many at once.</para>
/// <para>Thread-safe. Failures are <see cref="VectorStoreException"/>s with the reason inside; arguments that no collection could take are <see cref="ArgumentException"/>s.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "VectorData's own term.")]
public class EmbeddingCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>, IKeywordHybridSearchable<TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly EmbeddingVectorStore _store;
    private readonly EmbeddingCollectionOptions _options;
    private readonly CollectionModel _model;
    private readonly CollectionSchema _schema;
    private readonly RecordMapper<TRecord> _mapper;

    /// <summary>A handle on a collection of a store, which exists once <see cref="EnsureCollectionExistsAsync"/> was called on a handle.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The collection's name.</param>
    /// <param name="options">Options; <see langword="null"/> for those of the store.</param>
    /// <exception cref="ArgumentException">The record type is a dictionary, for which there is <see cref="EmbeddingDynamicCollection"/>; or the definition names a property that it does not have.</exception>
    /// <exception cref="NotSupportedException">A property has a type, a distance function or an index that there is not; or neither attributes nor a definition name the key.</exception>
    /// <exception cref="InvalidOperationException">The record type or definition is not one of VectorData's.</exception>
    public EmbeddingCollection(EmbeddingVectorStore store, string name, EmbeddingCollectionOptions? options = null)
        : this(store, name, options, BuildModel)
    {
    }

    private protected EmbeddingCollection(EmbeddingVectorStore store, string name, EmbeddingCollectionOptions? options, Func<EmbeddingVectorStore, EmbeddingCollectionOptions, CollectionModel> buildModel)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (_store, Name, _options) = (store, name, new EmbeddingCollectionOptions(options ?? store.Options.Collections ?? new EmbeddingCollectionOptions()));
        _model = buildModel(store, _options);
        _schema = CollectionSchema.Create(_model);
        _mapper = new RecordMapper<TRecord>(_model, _schema);
    }

    /// <inheritdoc />
    public override string Name { get; }

    /// <inheritdoc />
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => _store.CollectionExistsAsync(Name, cancellationToken);

    /// <inheritdoc />
    /// <exception cref="VectorStoreException">The options do not go with the record type, or there is a collection of that name with other properties or another model.</exception>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => RunAsync("EnsureCollectionExists", () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(_store.GetOrAdd(Name, () => new CollectionData(_schema, CreateSettings())));
        return Task.FromResult(true);
    });

    /// <inheritdoc />
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) => _store.EnsureCollectionDeletedAsync(Name, cancellationToken);

    /// <inheritdoc />
    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return UpsertAsync([record], cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>All records are kept, or, where one cannot be, none; of records with the same key the last. Embeddings are made once for the batch.</remarks>
    public override Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        var all = records.Select((record, i) => record ?? throw new ArgumentException($"Record {i} is null.", nameof(records))).ToArray();
        return RunAsync("Upsert", async () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var data = GetData();
            data.Upsert(Reorder(data, await _mapper.ReadAsync(all, cancellationToken).ConfigureAwait(false)));
            return true;
        });
    }

    /// <inheritdoc />
    public override Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return RunAsync("Get", () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            _mapper.CheckVectors(options?.IncludeVectors ?? false);
            var data = GetData();
            return Task.FromResult(data.Find(key) is { } record ? Create(data, record, options?.IncludeVectors ?? false) : null);
        });
    }

    /// <inheritdoc />
    public override IAsyncEnumerable<TRecord> GetAsync(Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new FilteredRecordRetrievalOptions<TRecord>();
        return Run("Get", () =>
        {
            _mapper.CheckVectors(options.IncludeVectors);
            var data = GetData();
            var order = (options.OrderBy?.Invoke(new FilteredRecordRetrievalOptions<TRecord>.OrderByDefinition()).Values ?? [])
                .Select(sort => (data.Schema.FindValue(_model.GetDataOrKeyProperty(sort.PropertySelector).StorageName), sort.Ascending)).ToArray();
            var records = data.Find(new RecordFilter(filter, _model, data.Schema), order, options.Skip, top);
            return Task.FromResult(records.Select(record => Create(data, record, options.IncludeVectors)));
        }, cancellationToken);
    }

    /// <inheritdoc />
    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return DeleteAsync([key], cancellationToken);
    }

    /// <inheritdoc />
    public override Task DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        object[] all = [.. keys.Select((key, i) => (object?)key ?? throw new ArgumentException($"Key {i} is null.", nameof(keys)))];
        return RunAsync("Delete", () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            GetData().Delete(all);
            return Task.FromResult(true);
        });
    }

    /// <inheritdoc />
    /// <remarks>Takes an <see cref="EmbeddingSearchOptions{TRecord}"/>, too. Of equal scores the record added first comes first.</remarks>
    public override IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new VectorSearchOptions<TRecord>();
        var own = options as EmbeddingSearchOptions<TRecord>;
        return Search("Search", searchValue, top, options, (_, request) => request with
        {
            QueryModality = own?.QueryModality,
            UseCorrection = own?.UseCorrection ?? true,
            MinimumProbability = own?.MinimumProbability,
        }, cancellationToken);
    }

    /// <summary>The records that vectors and words find together, by reciprocal rank fusion of what each record has.</summary>
    /// <typeparam name="TInput">The type of the value searched for.</typeparam>
    /// <param name="searchValue">What vectors are compared with, as in <see cref="SearchAsync"/>.</param>
    /// <param name="keywords">The words, of which records have any; ranked by BM25. A keyword of several words counts as each of them.</param>
    /// <param name="top">How many, at least 1.</param>
    /// <param name="options">Options, also an <see cref="EmbeddingHybridSearchOptions{TRecord}"/>; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <remarks>
    /// The score is w_v/(c + rank by vector) + w_k/(c + rank by words), with the weights of <see cref="EmbeddingCollectionOptions.KeywordWeight"/>, the second part 0 where a record has none of the words. A record without any words, such as an image, is
    /// ranked by its vector with all the weight, so that words do not bury it. Vectors are ranked within each modality, unless the collection's model puts the scores of all on one scale.
    /// <see cref="HybridSearchOptions{TRecord}.ScoreThreshold"/> is the least score.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is not positive.</exception>
    public IAsyncEnumerable<VectorSearchResult<TRecord>> HybridSearchAsync<TInput>(
        TInput searchValue, ICollection<string> keywords, int top, HybridSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentNullException.ThrowIfNull(keywords);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new HybridSearchOptions<TRecord>();
        var own = options as EmbeddingHybridSearchOptions<TRecord>;
        var vectors = new VectorSearchOptions<TRecord>
        {
            VectorProperty = options.VectorProperty,
            Filter = options.Filter,
            Skip = options.Skip,
            IncludeVectors = options.IncludeVectors,
            ScoreThreshold = options.ScoreThreshold,
        };
        return Search("HybridSearch", searchValue, top, vectors, (data, request) => request with
        {
            QueryModality = own?.QueryModality,
            UseCorrection = own?.UseCorrection ?? true,
            Keywords = (data.Schema.FindValue(_model.GetFullTextDataPropertyOrSingle(options.AdditionalProperty).StorageName), [.. keywords], _options.KeywordWeight, _options.FusionConstant),
        }, cancellationToken);
    }

    /// <inheritdoc />
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata) ? CreateMetadata()
            : serviceType == typeof(EmbeddingMapTransformer) ? _store.Find(Name)?.Settings.Model ?? _options.Model
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>The definition's generator goes before the collection's, and that before the store's; a property's own goes before all, which the model sees to.</summary>
    private protected static IEmbeddingGenerator? ChooseGenerator(EmbeddingVectorStore store, EmbeddingCollectionOptions options) =>
        options.Definition?.EmbeddingGenerator ?? options.EmbeddingGenerator ?? store.Options.EmbeddingGenerator;

    private static CollectionModel BuildModel(EmbeddingVectorStore store, EmbeddingCollectionOptions options)
    {
        if (typeof(TRecord) == typeof(Dictionary<string, object?>))
            throw new ArgumentException(VectorDataStrings.NonDynamicCollectionWithDictionaryNotSupported(typeof(EmbeddingDynamicCollection)));

        // VectorData passes over names that the record does not have, and their values with them.
        if (options.Definition?.Properties.FirstOrDefault(property => typeof(TRecord).GetProperty(property.Name) is null) is { } missing)
            throw new ArgumentException($"{typeof(TRecord).Name} has no public property '{missing.Name}', which the definition names. Name one that it has; what it is called in storage is the StorageName.", nameof(options));
        return new RecordModelBuilder().Build(typeof(TRecord), typeof(TKey), options.Definition, ChooseGenerator(store, options));
    }

    private CollectionSettings CreateSettings() => new(
        _options.Model, _options.MapVectors, ToStorageName(_options.ModalityProperty), _options.DefaultModality, _options.QueryModality, ToStorageName(_options.FingerprintProperty), _options.Storage);

    private string? ToStorageName(string? property) => property is not null && _model.PropertyMap.TryGetValue(property, out var known) ? known.StorageName : property;

    private CollectionData GetData() => Check(_store.Find(Name) ?? throw new InvalidOperationException($"There is no collection '{Name}'. Create it with {nameof(EnsureCollectionExistsAsync)}."));

    private CollectionData Check(CollectionData data)
    {
        if (data.Schema.DescribeDifference(_schema) is { } difference)
            throw new InvalidOperationException($"The collection '{Name}' has other properties than {typeof(TRecord).Name}: {difference}.");
        return data.Settings.DescribeDifference(CreateSettings()) is { } other ? throw new InvalidOperationException($"The collection '{Name}' is another than the options ask for: {other}.") : data;
    }

    /// <summary>Values in the order in which the collection has them, which another record type may have created.</summary>
    private IReadOnlyList<(object?[] Values, StatedEmbedding?[] Vectors)> Reorder(CollectionData data, IReadOnlyList<(object?[] Values, StatedEmbedding?[] Vectors)> records) =>
        [.. records.Select(record => (
            data.Schema.Values.Select(field => record.Values[_schema.FindValue(field.Name)]).ToArray(),
            data.Schema.Vectors.Select(field => record.Vectors[_schema.GetVector(field.Name)]).ToArray()))];

    private TRecord Create(CollectionData data, StoredRecord record, bool includeVectors) => _mapper.Create(
        new StoredRecord(
            record.Number,
            [.. _schema.Values.Select(field => record.Values[data.Schema.FindValue(field.Name)])],
            [.. _schema.Vectors.Select(field => record.Vectors[data.Schema.GetVector(field.Name)])]),
        includeVectors);

    /// <summary>Searches.</summary>
    /// <param name="operation">For errors.</param>
    /// <param name="searchValue">What vectors are compared with.</param>
    /// <param name="top">How many.</param>
    /// <param name="options">What all searches have.</param>
    /// <param name="complete">Adds what a kind of search has of its own.</param>
    /// <param name="cancellationToken">Stops.</param>
    private IAsyncEnumerable<VectorSearchResult<TRecord>> Search<TInput>(
        string operation, TInput searchValue, int top, VectorSearchOptions<TRecord> options, Func<CollectionData, SearchRequest, SearchRequest> complete, CancellationToken cancellationToken)
        where TInput : notnull => Run(operation, async () =>
    {
        _mapper.CheckVectors(options.IncludeVectors);
        var data = GetData();
        var property = _model.GetVectorPropertyOrSingle(options);
        var request = new SearchRequest
        {
            Vector = data.Schema.GetVector(property.StorageName),
            Query = await RecordMapper<TRecord>.CreateQueryAsync(property, searchValue, cancellationToken).ConfigureAwait(false),
            Skip = options.Skip,
            Top = top,
            Filter = options.Filter is null ? null : new RecordFilter(options.Filter, _model, data.Schema),
            ScoreThreshold = options.ScoreThreshold,
        };
        return data.Search(complete(data, request)).Select(found => new VectorSearchResult<TRecord>(Create(data, found.Record, options.IncludeVectors), found.Score));
    }, cancellationToken);

    private async IAsyncEnumerable<T> Run<T>(string operation, Func<Task<IEnumerable<T>>> run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var item in await RunAsync(operation, run).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    /// <summary>What fails for the collection's sake is a <see cref="VectorStoreException"/>; what it never supports, or was stopped, stays what it is.</summary>
    private async Task<T> RunAsync<T>(string operation, Func<Task<T>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (VectorStoreException or NotSupportedException or OperationCanceledException))
        {
            throw new VectorStoreException(exception.Message, exception)
            {
                VectorStoreSystemName = EmbeddingVectorStore.SystemName,
                VectorStoreName = _store.Options.Name,
                CollectionName = Name,
                OperationName = operation,
            };
        }
    }

    private VectorStoreCollectionMetadata CreateMetadata() => new() { VectorStoreSystemName = EmbeddingVectorStore.SystemName, VectorStoreName = _store.Options.Name, CollectionName = Name };
}
