namespace Microsoft.ML.ModalityGap;

/// <summary>An index in shards: files that <see cref="EmbeddingIndex.Save(string)"/> or <c>modality-gap search --save-index</c> wrote, at paths that all silos see. Rows are numbered through in the order of the files.</summary>
public sealed record ClusterIndex
{
    /// <summary>An index in shards.</summary>
    /// <param name="shards">The files.</param>
    public ClusterIndex(params IEnumerable<string> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        Shards = shards.ToArray();
    }

    /// <summary>The files, one a shard.</summary>
    public IReadOnlyList<string> Shards { get; }

    /// <summary>On how many silos each shard is held, where there are so many. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Replicas
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of replicas.");
    } = 1;
}
