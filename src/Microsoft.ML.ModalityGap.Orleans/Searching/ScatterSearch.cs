using System.Diagnostics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Asks all shards of one catalogue and merges what they found.</summary>
internal sealed class ScatterSearch(IGrainFactory grains, string name, IndexCatalog catalog, byte[] queries, int k, ClusterSearchOptions options, CancellationToken cancellationToken)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private TimeSpan Left => options.Deadline - _watch.Elapsed;

    /// <summary>Searches.</summary>
    /// <param name="elapsed">What of the deadline is gone already.</param>
    /// <exception cref="ClusterSearchException">A shard did not answer, and a part will not do.</exception>
    /// <exception cref="InvalidDataException">The index refuses the queries or the options.</exception>
    internal async Task<ClusterSearchResult> RunAsync(TimeSpan elapsed)
    {
        options = options with { Deadline = options.Deadline > elapsed ? options.Deadline - elapsed : TimeSpan.FromMilliseconds(1) };
        var answers = await Task.WhenAll(catalog.Shards.Select((_, shard) => AskAsync(shard))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (answers.FirstOrDefault(answer => answer.Outcome == ShardOutcome.Refused) is { } refusal)
            throw new InvalidDataException(refusal.Error);
        var searched = catalog.Shards.Where((_, i) => answers[i].Outcome == ShardOutcome.Found).Sum(shard => (long)shard.RowCount);
        var missing = Enumerable.Range(0, answers.Length).Where(i => answers[i].Outcome != ShardOutcome.Found).ToArray();
        if (missing.Length > 0 && (!options.AllowPartial || searched == 0))
        {
            var words = string.Join("; ", missing.Take(3).Select(i => $"'{catalog.Shards[i].Path}': {answers[i].Error}"));
            throw new ClusterSearchException(
                $"{missing.Length} of the {answers.Length} shards of the index '{name}' did not answer within {_watch.Elapsed.TotalSeconds:0.0} s ({words}{(missing.Length > 3 ? "; …" : "")}). Try again, allow more time or more replicas, or take a part ({nameof(ClusterSearchOptions.AllowPartial)}).",
                catalog.RowCount == 0 ? 0 : (double)searched / catalog.RowCount);
        }

        if (answers.Where(answer => answer.Outcome == ShardOutcome.Found).Select(answer => answer.Rescorer).Distinct().Count() > 1)
            throw new InvalidDataException($"The rescorer '{options.Rescorer}' was changed while it was used. Search again.");
        ShardHit[][][] hits = [.. answers.Select((answer, i) => answer.Outcome == ShardOutcome.Found ? answer.ToHits(catalog.Shards[i].FirstRow) : null).OfType<ShardHit[][]>()];
        var neighbors = new IReadOnlyList<ClusterNeighbor>[queries.Length / sizeof(float) / catalog.Dimension];
        for (var query = 0; query < neighbors.Length; query++)
            neighbors[query] = Array.ConvertAll(TopHits.Merge(hits.Select(shard => shard[query]), k), hit => new ClusterNeighbor(hit.Row, hit.Id, hit.Score, hit.Modality, hit.Probability));
        return new ClusterSearchResult(neighbors, searched, catalog.RowCount, catalog.Fingerprint.Length == 0 ? null : catalog.Fingerprint);
    }

    /// <summary>
    /// The first good answer of a shard's replicas: one is asked, another when that one is slow or cannot, again and again until time is up. A call that is not answered may have been lost with its silo, so it is made again; a
    /// replica that has it already does not compute it twice.
    /// </summary>
    private async Task<ShardAnswer> AskAsync(int shard)
    {
        // Not all callers begin with the same replica.
        var first = catalog.Replicas == 1 ? 0 : Random.Shared.Next(catalog.Replicas);
        var calls = new (Task<ShardAnswer>? Answer, TimeSpan Since)[catalog.Replicas];
        var (id, last) = (Guid.NewGuid(), new ShardAnswer { Outcome = ShardOutcome.Late, Error = "no answer" });
        for (var asked = 0; Left > TimeSpan.Zero && !cancellationToken.IsCancellationRequested; asked++)
        {
            var replica = Enumerable.Range(first + asked, calls.Length).Select(i => i % calls.Length).FirstOrDefault(i => calls[i].Answer is null || _watch.Elapsed - calls[i].Since > 2 * options.HedgeAfter, -1);
            if (replica >= 0)
                calls[replica] = (SendAsync(shard, replica, id), _watch.Elapsed);
            var wait = options.HedgeAfter < Left ? options.HedgeAfter : Left;
            var completed = await Task.WhenAny([.. calls.Select(call => call.Answer).OfType<Task>(), Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), cancellationToken)]).ConfigureAwait(false);
            if (completed is not Task<ShardAnswer> answered)
                continue;
            calls[Array.FindIndex(calls, call => call.Answer == answered)].Answer = null;
            last = await answered.ConfigureAwait(false);
            if (last.Outcome is ShardOutcome.Found or ShardOutcome.Refused)
                return last;
            if (asked + 1 >= calls.Length && Left > _pause)
                await Task.Delay(_pause, CancellationToken.None).ConfigureAwait(false);
        }

        return last;
    }

    private async Task<ShardAnswer> SendAsync(int shard, int replica, Guid id)
    {
        try
        {
            ClusterTelemetry.SentBytes.Add(queries.Length);
            var answer = await IndexGrain.GetShard(grains, name, catalog, shard, replica).SearchAsync(new ShardSearch
            {
                Shard = catalog.Shards[shard],
                Rows = queries,
                K = k,
                Patience = Left > TimeSpan.Zero ? Left : TimeSpan.Zero,
                Modalities = options.Modalities?.ToArray(),
                QueryModality = options.QueryModality,
                UseCorrection = options.UseCorrection,
                MinimumScore = options.MinimumScore,
                MinimumProbability = options.MinimumProbability,
                Fingerprint = options.Fingerprint,
                Id = id,
                Rescorer = options.Rescorer is null ? null : Path.GetFullPath(options.Rescorer),
            }).ConfigureAwait(false);
            ClusterTelemetry.ReceivedBytes.Add(answer.Bytes);
            return answer;
        }
        catch (Exception exception)
        {
            // The silo is gone, or being found out to be: another replica, or this one on another silo, will answer.
            return new ShardAnswer { Outcome = ShardOutcome.Failed, Error = exception.Message };
        }
    }
}
