using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Microsoft.ML.ModalityGap;

/// <summary>Holds a replica of a shard. What it needs to know comes with every call, so that one that was lost is loaded again wherever it comes back.</summary>
[ShardPlacement]
[Reentrant]
internal sealed class IndexShardGrain(IndexCache cache, RescorerCache rescorers, SearchGate gate, IOptions<ModalityGapSiloOptions> options, ILocalSiloDetails silo) : Grain, IIndexShardGrain
{
    private readonly Dictionary<Guid, Task<ShardAnswer>> _running = [];
    private CatalogShard? _shard;
    private Task<EmbeddingIndex>? _index;
    private long _searches;

    public async Task<ShardAnswer> SearchAsync(ShardSearch search)
    {
        var index = Open(search.Shard);
        if (!index.IsCompleted)
            return Count(new ShardAnswer { Outcome = ShardOutcome.Loading, Error = "it is being loaded" });
        if (!index.IsCompletedSuccessfully)
            return Count(Fail(index));
        if (_running.TryGetValue(search.Id, out var same))
            return await same;
        var running = _running[search.Id] = gate.RunAsync(search.Patience, () => Search(index.Result, search));
        try
        {
            return Count(await running);
        }
        finally
        {
            _running.Remove(search.Id);
            _searches++;
        }
    }

    public Task<ShardDescription> DescribeAsync(CatalogShard shard)
    {
        try
        {
            var stamp = shard.Stamp.Length > 0 ? shard.Stamp : FileStamp.Get(shard.Path);
            var index = Open(shard with { Stamp = stamp });
            if (!index.IsCompletedSuccessfully)
                return Task.FromResult(new ShardDescription { Silo = silo.SiloAddress.ToString(), Stamp = stamp, Error = index.IsCompleted ? Fail(index).Error : null });
            var (loaded, none) = (index.Result, SearchOptions.Default);
            return Task.FromResult(new ShardDescription
            {
                Silo = silo.SiloAddress.ToString(),
                IsLoaded = true,
                RowCount = loaded.Count,
                Dimension = loaded.Dimension,
                Fingerprint = loaded.Fingerprint ?? "",
                Modalities = [.. loaded.Modalities],
                Terms = string.Join(", ", HitsPart.Describe(loaded, [], none).Where(term => term.Key is "metric" or "storage" or "correction").Select(term => $"{term.Key} {term.Value}")),
                Stamp = stamp,
                Searches = _searches,
                Error = TopHits.RanksRowsAlone(loaded, none) ? null : $"scores of the metric {loaded.Options.Metric} cannot be merged",
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new ShardDescription { Silo = silo.SiloAddress.ToString(), Error = exception.Message });
        }
    }

    public Task ReleaseAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Close();
        return Task.CompletedTask;
    }

    private Task<EmbeddingIndex> Open(CatalogShard shard)
    {
        DelayDeactivation(TimeSpan.FromHours(24));
        if (_index is { IsFaulted: false } && _shard?.Path == shard.Path && _shard.Stamp == shard.Stamp)
            return _index;
        var failed = _index is { IsFaulted: true } ? _index : null;
        if (failed is not null && _shard?.Stamp == shard.Stamp)
        {
            // Whoever asks hears why, once; the next call tries again.
            Close();
            return failed;
        }

        Close();
        _shard = shard;
        return _index = cache.Rent(shard.Path, shard.Stamp);
    }

    private void Close()
    {
        if (_shard is not null && _index is not null)
            cache.Return(_shard.Path, _shard.Stamp);
        (_shard, _index) = (null, null);
    }

    private ShardAnswer Search(EmbeddingIndex index, ShardSearch search)
    {
        using var activity = ClusterTelemetry.Activities.StartActivity("modality_gap.search_shard");
        activity?.SetTag("shard", search.Shard.Path);
        try
        {
            if (index.Count != search.Shard.RowCount)
                return new ShardAnswer { Outcome = ShardOutcome.Failed, Error = $"it has {index.Count} rows where {search.Shard.RowCount} are expected" };
            var (stamp, rescorer) = search.Rescorer is null ? (null, null) : rescorers.Get(search.Rescorer);
            var searched = search.ToOptions(index, rescorer, options.Value.ThreadsPerSearch);
            if (!TopHits.RanksRowsAlone(index, searched))
                throw new InvalidDataException($"The rescorer '{search.Rescorer}' looks at the gallery as a whole, so that what shards find cannot be merged. Take {nameof(InvertedSoftmax)} or {nameof(DualInvertedSoftmax)} that is not dynamic, or a correction of the index.");

            // Of the modalities searched this shard may have none.
            if (searched.Modalities is { Count: 0 })
                return new ShardAnswer { Outcome = ShardOutcome.Found, Counts = new int[search.Queries.Length / index.Dimension], Rescorer = stamp };
            return ShardAnswer.Of(index.SearchBatch(search.Queries.AsSpan(), search.K, searched)) with { Rescorer = stamp };
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException)
        {
            return new ShardAnswer { Outcome = ShardOutcome.Refused, Error = exception.Message };
        }
    }

    private static ShardAnswer Fail(Task index) => new() { Outcome = ShardOutcome.Failed, Error = index.Exception?.InnerException?.Message ?? "it was cancelled" };

    private static ShardAnswer Count(ShardAnswer answer)
    {
        ClusterTelemetry.ShardSearches.Add(1, new KeyValuePair<string, object?>("outcome", answer.Outcome.ToString().ToLowerInvariant()));
        return answer;
    }
}
