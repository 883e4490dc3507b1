namespace Microsoft.ML.ModalityGap;

/// <summary>Shards of one modality to be put through a model: for each a .npy file of the same rows. Shards that are done are not done again, whatever stopped the job.</summary>
public sealed record ClusterTransform
{
    /// <summary>The saved model, at a path that all silos see.</summary>
    public string Model { get; init; } = "";

    /// <summary>The modality with its shards.</summary>
    public ClusterModality? Modality { get; init; }

    /// <summary>The folder for the results, at a path that all silos see: each is called as its shard, and ends in <c>.npy</c>.</summary>
    public string OutputFolder { get; init; } = "";
}
