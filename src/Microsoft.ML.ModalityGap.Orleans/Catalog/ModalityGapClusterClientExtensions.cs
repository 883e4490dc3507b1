namespace Microsoft.ML.ModalityGap;

/// <summary>Makes a cluster fit, transform and search.</summary>
public static class ModalityGapClusterClientExtensions
{
    /// <summary>What fits, transforms and searches on a cluster whose silos have <see cref="ModalityGapSiloBuilderExtensions.AddModalityGap"/>. Thread-safe; one serves an application.</summary>
    /// <param name="client">The cluster.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    public static ModalityGapCluster GetModalityGap(this IClusterClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new ModalityGapCluster(client);
    }
}
