using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A vector store in memory, saved to and loaded from one file: exact search by cosine or dot product, corrected by a model of maps and correction, with filters and hybrid search.
/// </summary>
/// <remarks>Thread-safe. Disposing it does nothing: collections live as long as they are referenced.</remarks>
/// <example>
/// <code>
/// using var store = new EmbeddingVectorStore(new() { EmbeddingGenerator = generator });
/// var photos = store.GetCollection&lt;string, Photo&gt;("photos", new EmbeddingCollectionOptions { Model = model, ModalityProperty = "Modality", FingerprintProperty = "Maps" });
/// await photos.EnsureCollectionExistsAsync();
/// await photos.UpsertAsync(records);
/// await foreach (var found in photos.SearchAsync("two red circles", 10))
///     Console.WriteLine($"{found.Score:F2} {found.Record.Id}");
/// store.Save("photos.store");
/// </code>
/// </example>
public sealed class EmbeddingVectorStore : VectorStore
{
    internal const string SystemName = "modality_gap";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CollectionData> _collections = new(StringComparer.Ordinal);

    /// <summary>An empty store.</summary>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    public EmbeddingVectorStore(EmbeddingVectorStoreOptions? options = null)
    {
        Options = options ?? new EmbeddingVectorStoreOptions();
    }

    internal EmbeddingVectorStoreOptions Options { get; }

    /// <summary>Reads a store that <see cref="Save(string)"/> wrote; the models of its collections are in the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Options, such as generators, which are not in the file; <see langword="null"/> for the defaults.</param>
    /// <exception cref="InvalidDataException">The file holds no store, a damaged one, or one of a newer version.</exception>
    public static EmbeddingVectorStore Load(string path, EmbeddingVectorStoreOptions? options = null) => InputFile.Load(path, stream => Load(stream, options));

    /// <summary>Reads a store from a stream, which is left behind its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="InvalidDataException">The stream holds no store, a damaged one, or one of a newer version.</exception>
    public static EmbeddingVectorStore Load(Stream stream, EmbeddingVectorStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var store = new EmbeddingVectorStore(options);
        foreach (var (name, data) in CollectionFormat.Read(stream))
        {
            if (!store._collections.TryAdd(name, data))
                throw new InvalidDataException($"The stored vector store is damaged: it has two collections '{name}'.");
        }

        return store;
    }

    /// <summary>Stores all collections in a file, which appears when it is complete. Each is stored as it is at one moment.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Stores all collections.</summary>
    /// <param name="stream">Where to; what was written before stays.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (string, CollectionData)[] collections;
        lock (_gate)
            collections = [.. _collections.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))];
        CollectionFormat.Write(stream, collections);
    }

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">The record type is a dictionary, for which there is <see cref="GetDynamicCollection(string, VectorStoreCollectionDefinition)"/>; or a property is not supported.</exception>
    public override VectorStoreCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition = null) => GetCollection<TKey, TRecord>(name, CreateOptions(definition));

    /// <summary>Gets a collection with options of its own.</summary>
    /// <typeparam name="TKey">The type of keys.</typeparam>
    /// <typeparam name="TRecord">The type of records.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="NotSupportedException">The record type is a dictionary, or a property is not supported.</exception>
    public EmbeddingCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, EmbeddingCollectionOptions options)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(options);
        return typeof(TRecord) == typeof(Dictionary<string, object?>)
            ? throw new NotSupportedException(VectorDataStrings.GetCollectionWithDictionaryNotSupported)
            : new EmbeddingCollection<TKey, TRecord>(this, name, options);
    }

    /// <inheritdoc />
    public override VectorStoreCollection<object, Dictionary<string, object?>> GetDynamicCollection(string name, VectorStoreCollectionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new EmbeddingDynamicCollection(this, name, CreateOptions(definition));
    }

    /// <inheritdoc />
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string[] names;
        lock (_gate)
            names = [.. _collections.Keys.Order(StringComparer.Ordinal)];
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await Task.FromResult(name).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public override Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled<bool>(cancellationToken) : Task.FromResult(Find(name) is not null);
    }

    /// <inheritdoc />
    public override Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        lock (_gate)
            _collections.Remove(name);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata) ? new VectorStoreMetadata { VectorStoreSystemName = SystemName, VectorStoreName = Options.Name }
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    internal CollectionData? Find(string name)
    {
        lock (_gate)
            return _collections.GetValueOrDefault(name);
    }

    internal CollectionData GetOrAdd(string name, Func<CollectionData> create)
    {
        lock (_gate)
        {
            if (!_collections.TryGetValue(name, out var data))
                _collections.Add(name, data = create());
            return data;
        }
    }

    private EmbeddingCollectionOptions CreateOptions(VectorStoreCollectionDefinition? definition)
    {
        var options = new EmbeddingCollectionOptions(Options.Collections ?? new EmbeddingCollectionOptions());
        options.Definition = definition ?? options.Definition;
        return options;
    }
}
