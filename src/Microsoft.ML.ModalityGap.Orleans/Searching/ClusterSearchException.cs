namespace Microsoft.ML.ModalityGap;

/// <summary>A search of a cluster could not be answered in full within its deadline.</summary>
/// <param name="message">Which shards did not answer, and why.</param>
/// <param name="coverage">The share of the rows that were searched.</param>
public sealed class ClusterSearchException(string message, double coverage) : Exception(message)
{
    /// <summary>The share of the rows that were searched.</summary>
    public double Coverage { get; } = coverage;
}
