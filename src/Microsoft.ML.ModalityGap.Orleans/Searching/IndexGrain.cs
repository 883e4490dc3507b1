using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Microsoft.ML.ModalityGap;

/// <summary>Loads shards on their silos and switches to them when all are there: a search is of the old shards or of the new, never of both.</summary>
internal sealed partial class IndexGrain(
    [PersistentState("index", FileGrainStorage.Name)] IPersistentState<IndexState> state, ISiloStatusOracle silos, ILogger<IndexGrain> logger) : Grain, IIndexGrain
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(100);

    // Clients look at the catalogue every so often; until then they ask the old shards.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _spreadPeriod = TimeSpan.FromSeconds(5);

    private IGrainTimer? _timer;
    private int _loaded;
    private long _switched;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _switched = Environment.TickCount64;
        Resume();
        this.RegisterGrainTimer(SpreadAsync, new GrainTimerCreationOptions(_spreadPeriod, _spreadPeriod) { Interleave = true });
        return Task.CompletedTask;
    }

    public async Task OpenAsync(string[] shards, int replicas, bool keepsShards)
    {
        var current = state.State.Current;
        if (keepsShards && current is null)
            throw new KeyNotFoundException($"There is no index '{this.GetPrimaryKeyString()}' to add shards to.");
        if (keepsShards && shards.FirstOrDefault(path => current!.Shards.Any(shard => shard.Path == path)) is { } twice)
            throw new ArgumentException($"The index '{this.GetPrimaryKeyString()}' has the shard '{twice}' already.", nameof(shards));
        CatalogShard[] added = [.. shards.Select(path => new CatalogShard { Path = path })];
        var next = keepsShards ? current! with { Shards = [.. current!.Shards, .. added] } : new IndexCatalog { Generation = (current?.Generation ?? 0) + 1, Replicas = replicas, Shards = added };
        if (state.State.Next is { } pending && !pending.Shards.Select(shard => shard.Path).SequenceEqual(next.Shards.Select(shard => shard.Path)))
            throw new InvalidOperationException($"The index '{this.GetPrimaryKeyString()}' is being changed; wait until that is done.");
        (state.State.Next, state.State.Error, _loaded) = (next, null, 0);
        await state.WriteStateAsync();
        Resume();
    }

    public Task<IndexChange> GetChangeAsync() => Task.FromResult(new IndexChange
    {
        IsPending = state.State.Next is not null,
        Loaded = _loaded,
        Total = state.State.Next is { } next ? next.Shards.Length * next.Replicas : 0,
        Error = state.State.Error,
    });

    public Task<IndexCatalog?> GetCatalogAsync() => Task.FromResult(state.State.Current);

    /// <summary>The grain of a replica: shards in turn, and replicas of one on silos that follow each other.</summary>
    internal static IIndexShardGrain GetShard(IGrainFactory grains, string index, IndexCatalog catalog, int shard, int replica) =>
        grains.GetGrain<IIndexShardGrain>(ShardPlacement.CreateKey($"{index}|{catalog.Generation}|{shard}|{replica}", shard + replica));

    private void Resume()
    {
        if (state.State.Next is null && state.State.Former is null)
            return;
        _timer ??= this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _period) { KeepAlive = true, Interleave = true });
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (state.State.Next is { } next)
                await LoadAsync(next);
            else if (state.State.Former is { } former && Environment.TickCount64 - _switched > _grace.TotalMilliseconds)
                await ReleaseAsync(former);
            if (state.State.Next is null && state.State.Former is null)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
        catch (InconsistentStateException)
        {
            DeactivateOnIdle();
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException or IOException)
        {
            // A silo is gone, or the state could not be written; the next turn tries again.
            LogMissed(exception, this.GetPrimaryKeyString());
        }
    }

    /// <summary>While silos come and go, replicas come to lie on few of them. Where there are others, some go where they belong (<see cref="ReplicaBalance"/>); the shard's other replicas answer meanwhile.</summary>
    private async Task SpreadAsync(CancellationToken cancellationToken)
    {
        if (state.State is not { Current: { Replicas: > 1 } current, Next: null })
            return;
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Order().Select(silo => silo.ToString()).ToArray();
        if (active.Length < 2)
            return;
        IIndexShardGrain GetReplica(int shard, int replica) => GetShard(GrainFactory, this.GetPrimaryKeyString(), current, shard, replica);
        try
        {
            var homes = new string?[current.Shards.Length][];
            for (var shard = 0; shard < homes.Length; shard++)
            {
                var descriptions = await Task.WhenAll(Enumerable.Range(0, current.Replicas).Select(replica => GetReplica(shard, replica).DescribeAsync(current.Shards[shard])));
                homes[shard] = [.. descriptions.Select(description => description.IsLoaded ? description.Silo : null)];
            }

            if (!ReferenceEquals(state.State.Current, current))
                return;
            foreach (var (shard, replica) in ReplicaBalance.Choose(homes, active))
                await GetReplica(shard, replica).MoveAsync();
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogMissed(exception, this.GetPrimaryKeyString());
        }
    }

    private async Task LoadAsync(IndexCatalog next)
    {
        var asked = from shard in Enumerable.Range(0, next.Shards.Length) from replica in Enumerable.Range(0, next.Replicas) select (shard, Description: GetShard(GrainFactory, this.GetPrimaryKeyString(), next, shard, replica).DescribeAsync(next.Shards[shard]));
        var descriptions = await Task.WhenAll(asked.Select(async entry => (entry.shard, Description: await entry.Description)));
        if (!ReferenceEquals(state.State.Next, next))
            return;
        _loaded = descriptions.Count(entry => entry.Description.IsLoaded);
        if (descriptions.FirstOrDefault(entry => entry.Description.Error is not null) is { Description: { } failed, shard: var which })
        {
            (state.State.Next, state.State.Error) = (null, $"The shard '{next.Shards[which].Path}' cannot be searched on {failed.Silo}: {failed.Error}");
            await state.WriteStateAsync();
            return;
        }

        if (_loaded < descriptions.Length)
            return;
        (state.State.Next, state.State.Error) = (null, null);
        try
        {
            var complete = Complete(next, descriptions);
            if (state.State.Current is { } former && former.Generation != complete.Generation)
                state.State.Former = former;
            state.State.Current = complete;
            _switched = Environment.TickCount64;
        }
        catch (InvalidDataException exception)
        {
            state.State.Error = exception.Message;
        }

        await state.WriteStateAsync();
    }

    /// <summary>The catalogue with what its shards are.</summary>
    /// <exception cref="InvalidDataException">They do not go together.</exception>
    private static IndexCatalog Complete(IndexCatalog next, (int Shard, ShardDescription Description)[] descriptions)
    {
        var first = descriptions[0].Description;
        foreach (var (shard, description) in descriptions)
        {
            if (description.Dimension != first.Dimension || description.Fingerprint != first.Fingerprint || description.Terms != first.Terms)
            {
                throw new InvalidDataException(
                    $"Shards of one index are of one space and searched alike, but '{next.Shards[0].Path}' has {Describe(first)}, and '{next.Shards[shard].Path}' {Describe(description)}.");
            }
        }

        var (shards, row) = (new CatalogShard[next.Shards.Length], 0L);
        for (var i = 0; i < shards.Length; i++)
        {
            var own = descriptions.Where(entry => entry.Shard == i).Select(entry => entry.Description).ToArray();
            if (own.Any(description => description.Stamp != own[0].Stamp || description.RowCount != own[0].RowCount))
                throw new InvalidDataException($"'{next.Shards[i].Path}' is not the same file on all silos.");
            shards[i] = next.Shards[i] with { Stamp = own[0].Stamp, FirstRow = row, RowCount = own[0].RowCount };
            row += own[0].RowCount;
        }

        return next with
        {
            Shards = shards,
            Dimension = first.Dimension,
            Fingerprint = first.Fingerprint,
            Terms = first.Terms,
            Modalities = [.. descriptions.SelectMany(entry => entry.Description.Modalities).Distinct().Order(StringComparer.Ordinal)],
        };

        static string Describe(ShardDescription description) =>
            $"{description.Dimension} dimensions, {(description.Fingerprint.Length == 0 ? "no known maps" : $"the maps {description.Fingerprint}")}, {description.Terms}";
    }

    private async Task ReleaseAsync(IndexCatalog former)
    {
        for (var shard = 0; shard < former.Shards.Length; shard++)
        {
            for (var replica = 0; replica < former.Replicas; replica++)
                await GetShard(GrainFactory, this.GetPrimaryKeyString(), former, shard, replica).ReleaseAsync();
        }

        state.State.Former = null;
        await state.WriteStateAsync();
    }

    [LoggerMessage(LogLevel.Warning, "The index '{Index}' could not be looked after this time.")]
    private partial void LogMissed(Exception exception, string index);
}
