using System.Diagnostics;
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
    private SearchLine? _line;
    private long _searches;

    public async Task<ShardAnswer> SearchAsync(ShardSearch search)
    {
        var index = Open(search.Shard);
        if (!index.IsCompleted)
            return Count(new ShardAnswer { Outcome = ShardOutcome.Loading, Error = "it is being loaded" });
        if (index.IsFaulted)
            return Count(Fail(index));
        if (_running.TryGetValue(search.Id, out var same))
            return await same;
        var loaded = index.Result;
        _line ??= new SearchLine(loaded.Dimension, searches => Search(loaded, searches));

        // One whose queries are refused is refused alone.
        var running = _running[search.Id] = gate.RunAsync(_line, search, mayShare: IsUsable(loaded, search.Queries));
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
                return Task.FromResult(new ShardDescription { Silo = silo.SiloAddress.ToString(), Stamp = stamp, Error = index.IsFaulted ? Fail(index).Error : null });
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

    public Task MoveAsync()
    {
        // Not by deactivation: the next call would come to the silo where callers remember it, and make it there again.
        MigrateOnIdle();
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
        (_shard, _index, _line) = (null, null, null);
    }

    /// <summary>Answers searches of the same terms by one scan.</summary>
    private ShardAnswer[] Search(EmbeddingIndex index, IReadOnlyList<WaitingSearch> searches)
    {
        var search = searches[0].Search;
        using var activity = ClusterTelemetry.Activities.StartActivity(
            "modality_gap.search_shard", ActivityKind.Internal, searches[0].Caller, links: searches.Skip(1).Where(other => other.Caller != default).Select(other => new ActivityLink(other.Caller)));
        activity?.SetTag("shard", search.Shard.Path);
        var queries = searches.Count == 1 ? search.Queries : Join(searches);
        ClusterTelemetry.ScanQueries.Record(queries.Length / index.Dimension);
        ShardAnswer[] All(ShardAnswer answer) => [.. searches.Select(_ => answer)];
        try
        {
            if (index.Count != search.Shard.RowCount)
                return All(new ShardAnswer { Outcome = ShardOutcome.Failed, Error = $"it has {index.Count} rows where {search.Shard.RowCount} are expected" });
            var (stamp, rescorer) = search.Rescorer is null ? (null, null) : rescorers.Get(search.Rescorer);
            var searched = search.ToOptions(index, rescorer, options.Value.ThreadsPerSearch);
            if (!TopHits.RanksRowsAlone(index, searched))
                throw new InvalidDataException($"The rescorer '{search.Rescorer}' looks at the gallery as a whole, so that what shards find cannot be merged. Take {nameof(InvertedSoftmax)} or {nameof(DualInvertedSoftmax)} that is not dynamic, or a correction of the index.");

            // Of the modalities searched this shard may have none.
            IReadOnlyList<IReadOnlyList<Neighbor>> found = searched.Modalities is { Count: 0 } ? [.. Enumerable.Repeat<IReadOnlyList<Neighbor>>([], queries.Length / index.Dimension)] : index.SearchBatch(queries, search.K, searched);
            var (answers, first) = (new ShardAnswer[searches.Count], 0);
            for (var i = 0; i < answers.Length; i++)
            {
                var count = searches[i].Search.Queries.Length / index.Dimension;
                answers[i] = ShardAnswer.Of([.. found.Skip(first).Take(count)]) with { Rescorer = stamp };
                first += count;
            }

            return answers;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException)
        {
            return All(new ShardAnswer { Outcome = ShardOutcome.Refused, Error = exception.Message });
        }
    }

    private static float[] Join(IReadOnlyList<WaitingSearch> searches)
    {
        var (joined, at) = (new float[searches.Sum(other => other.Search.Queries.Length)], 0);
        foreach (var other in searches)
        {
            other.Search.Queries.CopyTo(joined.AsSpan(at));
            at += other.Search.Queries.Length;
        }

        return joined;
    }

    private static bool IsUsable(EmbeddingIndex index, ReadOnlySpan<float> queries)
    {
        for (var at = 0; at < queries.Length; at += index.Dimension)
        {
            if (queries.Length - at < index.Dimension || index.FindQueryDefect(queries.Slice(at, index.Dimension)) is not null)
                return false;
        }

        return true;
    }

    private static ShardAnswer Fail(Task index) => new() { Outcome = ShardOutcome.Failed, Error = index.Exception!.InnerException!.Message };

    private static ShardAnswer Count(ShardAnswer answer)
    {
        ClusterTelemetry.ShardSearches.Add(1, new KeyValuePair<string, object?>("outcome", answer.Outcome.ToString().ToLowerInvariant()));
        return answer;
    }
}
