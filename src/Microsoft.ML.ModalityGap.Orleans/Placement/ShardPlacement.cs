using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Deals numbered grains to silos in turn: the number behind the last bar of the key, over all silos in the order of their addresses. So silos get equally many but for one, a replica lies elsewhere than its shard, and a
/// shard that is tried again is tried elsewhere.
/// </summary>
[Serializable]
[GenerateSerializer]
[Immutable]
internal sealed class ShardPlacement : PlacementStrategy
{
    internal static ShardPlacement Instance { get; } = new();

    /// <summary>The key of a grain.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="turn">Whose turn it is: grains of one name whose turns follow each other lie on different silos.</param>
    internal static string CreateKey(string name, int turn) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}|{turn}");

    internal static int GetTurn(string key) => int.Parse(key.AsSpan(key.LastIndexOf('|') + 1), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Puts a grain where <see cref="ShardPlacement"/> says.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(ShardPlacement.Instance);

/// <summary>Finds the silo.</summary>
internal sealed class ShardPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        return Task.FromResult(silos[ShardPlacement.GetTurn(target.GrainIdentity.Key.ToString()!) % silos.Length]);
    }
}
