using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCluster
{
    // How old a catalogue may be. Replaced shards answer for longer.
    private static readonly TimeSpan _catalogAge = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (IndexCatalog Catalog, long Time)> _catalogs = new(StringComparer.Ordinal);

    /// <summary>
    /// Loads the shards of an index on silos and waits until all can be searched. Where there is an index of this name it is replaced: until all new shards are loaded the old ones answer, then the new ones, and no answer is of both.
    /// </summary>
    /// <param name="name">What the index is called.</param>
    /// <param name="index">Its shards.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidDataException">A shard cannot be read, or shards do not go together; what was searched before stays.</exception>
    /// <exception cref="TimeoutException">They are not loaded within the time; the loading goes on.</exception>
    public Task OpenIndexAsync(string name, ClusterIndex index, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        return ChangeAsync(name, [.. index.Shards.Select(Full)], index.Replicas, keepsShards: false, deadline, cancellationToken);
    }

    /// <summary>Adds shards behind those of an index and waits until they can be searched; until then the old ones answer alone.</summary>
    /// <param name="name">The index.</param>
    /// <param name="shards">The files, of the same maps, metric and storage.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidDataException">A shard cannot be read, or does not go with the others.</exception>
    /// <exception cref="KeyNotFoundException">There is no such index.</exception>
    /// <exception cref="TimeoutException">They are not loaded within the time; the loading goes on.</exception>
    public Task AddToIndexAsync(string name, IEnumerable<string> shards, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(shards);
        return ChangeAsync(name, [.. shards.Select(Full)], replicas: 0, keepsShards: true, deadline, cancellationToken);
    }

    /// <summary>Where the replicas of an index's shards are, and how they are.</summary>
    /// <exception cref="KeyNotFoundException">There is no such index, or it was not loaded yet.</exception>
    public async Task<IReadOnlyList<ClusterReplicaStatus>> GetReplicasAsync(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var catalog = await ReadCatalogAsync(name).ConfigureAwait(false);
        return await Task.WhenAll(
            from shard in Enumerable.Range(0, catalog.Shards.Length)
            from replica in Enumerable.Range(0, catalog.Replicas)
            select DescribeAsync(name, catalog, shard, replica)).ConfigureAwait(false);
    }

    /// <summary>The nearest rows of queries: scores and order of one <see cref="EmbeddingIndex"/> over the rows of all shards, bit for bit.</summary>
    /// <param name="name">The index.</param>
    /// <param name="queries">Rows of its dimension, one behind the other.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the index's dimension, or the index does not have a modality.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">The index refuses the queries, such as of other maps, or the options.</exception>
    /// <exception cref="ClusterSearchException">Shards did not answer within the deadline.</exception>
    /// <exception cref="KeyNotFoundException">There is no such index.</exception>
    public async Task<ClusterSearchResult> SearchAsync(string name, ReadOnlyMemory<float> queries, int k, ClusterSearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        options ??= ClusterSearchOptions.Default;
        var watch = Stopwatch.StartNew();
        var (outcome, count) = ("failed", 0);
        using var activity = ClusterTelemetry.Activities.StartActivity("modality_gap.search", ActivityKind.Client);
        activity?.SetTag("index", name);
        try
        {
            var catalog = await GetCatalogAsync(name, options, watch, cancellationToken).ConfigureAwait(false);
            count = RowBlocks.CountRows(queries.Length, catalog.Dimension, nameof(queries));
            if (options.Modalities?.FirstOrDefault(modality => !catalog.Modalities.Contains(modality)) is { } unknown)
                throw new ArgumentException($"The index '{name}' has no rows of the modality '{unknown}'. It has '{string.Join("', '", catalog.Modalities)}'.", nameof(options));
            var rows = MemoryMarshal.AsBytes(queries.Span).ToArray();
            ClusterSearchResult result;
            try
            {
                result = await new ScatterSearch(_client, name, catalog, rows, k, options, cancellationToken).RunAsync(watch.Elapsed).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ClusterSearchException or InvalidDataException && watch.Elapsed < options.Deadline)
            {
                if (!await IsReplacedAsync(name, catalog, options, watch, cancellationToken).ConfigureAwait(false))
                    throw;

                // Between reading the catalogue and asking, the index was replaced and the old shards let go.
                catalog = await GetCatalogAsync(name, options, watch, cancellationToken).ConfigureAwait(false);
                count = RowBlocks.CountRows(queries.Length, catalog.Dimension, nameof(queries));
                result = await new ScatterSearch(_client, name, catalog, rows, k, options, cancellationToken).RunAsync(watch.Elapsed).ConfigureAwait(false);
            }

            outcome = result.SearchedRows == result.TotalRows ? "answered" : "partial";
            ClusterTelemetry.Coverage.Record(result.Coverage);
            return result;
        }
        finally
        {
            activity?.SetTag("outcome", outcome);
            ClusterTelemetry.Queries.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
            ClusterTelemetry.Latency.Record(watch.Elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private async Task<bool> IsReplacedAsync(string name, IndexCatalog catalog, ClusterSearchOptions options, Stopwatch watch, CancellationToken cancellationToken)
    {
        _catalogs.TryRemove(name, out _);
        try
        {
            return (await GetCatalogAsync(name, options, watch, cancellationToken).ConfigureAwait(false)).Generation != catalog.Generation;
        }
        catch (ClusterSearchException)
        {
            return false;
        }
    }

    /// <summary>What the index consists of, by the last look or a new one; while its grain is being brought back, until the deadline.</summary>
    private async Task<IndexCatalog> GetCatalogAsync(string name, ClusterSearchOptions options, Stopwatch watch, CancellationToken cancellationToken)
    {
        if (_catalogs.TryGetValue(name, out var known) && Environment.TickCount64 - known.Time < _catalogAge.TotalMilliseconds)
            return known.Catalog;
        Exception? lost = null;
        while (options.Deadline - watch.Elapsed is var left && left > TimeSpan.Zero)
        {
            try
            {
                // A known catalogue will do where the index's grain does not answer at once: its shards are all of one model.
                var patience = known.Catalog is null || left < options.HedgeAfter ? left : options.HedgeAfter;
                return await ReadCatalogAsync(name).WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not (KeyNotFoundException or OperationCanceledException))
            {
                if (known.Catalog is not null)
                    return known.Catalog;
                lost = exception;
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
            }
        }

        throw new ClusterSearchException($"What the index '{name}' consists of could not be learnt within {options.Deadline.TotalSeconds:0.0} s: {lost?.Message}", 0);
    }

    private async Task<IndexCatalog> ReadCatalogAsync(string name)
    {
        var catalog = await _client.GetGrain<IIndexGrain>(name).GetCatalogAsync().ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"There is no index '{name}' on this cluster; open one with {nameof(OpenIndexAsync)}.");
        _catalogs[name] = (catalog, Environment.TickCount64);
        return catalog;
    }

    private async Task ChangeAsync(string name, string[] shards, int replicas, bool keepsShards, TimeSpan deadline, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (shards.Length == 0)
            throw new ArgumentException("An index needs shards.", nameof(shards));
        if (shards.GroupBy(path => path, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The shard '{twice.Key}' is named twice.", nameof(shards));
        var (watch, begun) = (Stopwatch.StartNew(), false);
        IndexChange? change = null;
        var grain = _client.GetGrain<IIndexGrain>(name);
        while (watch.Elapsed < deadline)
        {
            try
            {
                if (!begun)
                    await grain.OpenAsync(shards, replicas, keepsShards).ConfigureAwait(false);
                begun = true;
                change = await grain.GetChangeAsync().ConfigureAwait(false);
                if (!change.IsPending)
                {
                    _catalogs.TryRemove(name, out _);
                    if (change.Error is { } error)
                        throw new InvalidDataException(error);
                    return;
                }
            }
            catch (Exception exception) when (exception is TimeoutException or Orleans.Runtime.OrleansException)
            {
                // The grain's silo is gone; it comes back on another, and goes on with what it was told.
            }

            await Task.Delay(_poll, cancellationToken).ConfigureAwait(false);
        }

        throw new TimeoutException($"The index '{name}' is not loaded within {deadline.TotalSeconds:0.0} s: {change?.Loaded ?? 0} of {change?.Total ?? 0} replicas are. The loading goes on.");
    }

    private async Task<ClusterReplicaStatus> DescribeAsync(string name, IndexCatalog catalog, int shard, int replica)
    {
        var status = new ClusterReplicaStatus { File = catalog.Shards[shard].Path, Replica = replica, Rows = catalog.Shards[shard].RowCount };
        try
        {
            var description = await IndexGrain.GetShard(_client, name, catalog, shard, replica).DescribeAsync(catalog.Shards[shard]).ConfigureAwait(false);
            return status with { Silo = description.Silo, IsLoaded = description.IsLoaded, Searches = description.Searches, Error = description.Error };
        }
        catch (Exception exception) when (exception is TimeoutException or Orleans.Runtime.OrleansException)
        {
            return status with { Error = exception.Message };
        }
    }
}
