namespace Microsoft.ML.ModalityGap;

/// <summary>Which replicas of an index are let go of, to be loaded where they belong, while others answer.</summary>
internal static class ReplicaBalance
{
    /// <summary>
    /// At most one of each shard: first those that share their silo with another of the shard; where there are none and all are loaded, those that belong to a silo that holds fewer than theirs does. So a silo that joined gets its
    /// share, and whatever is moved comes nearer to where placement would have it, which ends.
    /// </summary>
    /// <param name="homes">By shard and replica the silo that holds it; <see langword="null"/> where it is not loaded.</param>
    /// <param name="silos">The silos there are, in the order of placement.</param>
    internal static IReadOnlyList<(int Shard, int Replica)> Choose(string?[][] homes, string[] silos)
    {
        string PlaceOf(int shard, int replica) => silos[(shard + replica) % silos.Length];
        var astray = (from shard in Enumerable.Range(0, homes.Length) from replica in Enumerable.Range(0, homes[shard].Length) let home = homes[shard][replica] where home is not null && home != PlaceOf(shard, replica) select (Shard: shard, Replica: replica, Home: home)).ToArray();
        var together = astray.Where(entry => homes[entry.Shard].Count(other => other == entry.Home) > 1).DistinctBy(entry => entry.Shard).Select(entry => (entry.Shard, entry.Replica)).ToArray();
        if (together.Length > 0 || homes.Any(replicas => replicas.Length < 2 || replicas.Contains(null)))
            return together;
        var held = silos.ToDictionary(silo => silo, silo => homes.Sum(replicas => replicas.Count(home => home == silo)));
        var chosen = new Dictionary<int, int>();
        foreach (var (shard, replica, home) in astray)
        {
            // A silo that is gone holds nothing that could be moved.
            var place = PlaceOf(shard, replica);
            if (!held.TryGetValue(home, out var count) || count <= held[place] || homes[shard].Contains(place) || !chosen.TryAdd(shard, replica))
                continue;
            (held[home], held[place]) = (count - 1, held[place] + 1);
        }

        return [.. chosen.Select(entry => (entry.Key, entry.Value))];
    }
}
