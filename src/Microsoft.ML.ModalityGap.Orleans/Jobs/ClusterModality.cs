namespace Microsoft.ML.ModalityGap;

/// <summary>A modality and the files of its shards, at paths that all silos see.</summary>
public sealed record ClusterModality
{
    /// <summary>A modality in shards.</summary>
    /// <param name="name">Its name: the column's of the fitted model.</param>
    /// <param name="shards">The files, each of shape (N, D).</param>
    public ClusterModality(string name, params IEnumerable<string> shards)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shards);
        Name = name;
        Shards = shards.ToArray();
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its files, one a shard.</summary>
    public IReadOnlyList<string> Shards { get; }
}
