namespace Microsoft.ML.ModalityGap;

/// <summary>A job failed or was cancelled; there is no result.</summary>
/// <param name="message">Why, with the shard it failed at.</param>
/// <param name="status">How far it had come.</param>
public sealed class ClusterJobException(string message, ClusterJobStatus status) : Exception(message)
{
    /// <summary>How far it had come.</summary>
    public ClusterJobStatus Status { get; } = status;
}
