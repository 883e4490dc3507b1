using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What k-means makes of the embeddings of all modalities together: do the clusters follow the content, or the modality? All over unit vectors.
/// </summary>
public sealed class ClusteringMetrics
{
    internal ClusteringMetrics()
    {
    }

    /// <summary>The number of vectors, of all modalities.</summary>
    public required int Count { get; init; }

    /// <summary>The number of vectors left out because they could not be used.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>k, the number of clusters.</summary>
    public required int ClusterCount { get; init; }

    /// <summary>The mean squared Euclidean distance of a vector to its cluster's centre, from 0 to 1.</summary>
    public required double MeanSquaredDistance { get; init; }

    /// <summary>The clusters against the labels; <see langword="null"/> without a label column. Vectors without a label take no part in it.</summary>
    public required ClusterAgreement? Labels { get; init; }

    /// <summary>
    /// The clusters against the modalities: high when clusters are of one modality each, as the gap makes them; about 0 when it is closed.
    /// </summary>
    public required ClusterAgreement Modalities { get; init; }

    /// <summary>The share of rows, 0 to 1, all of whose modalities fall into the same cluster; <see langword="null"/> of long data, whose rows have one modality.</summary>
    public required double? RowAgreement { get; init; }

    /// <summary>The cluster of each vector, from 0: all rows of the first modality, then of the next; of long data in the order of the rows.</summary>
    public required IReadOnlyList<int> Clusters { get; init; }

    /// <summary>The measures as text.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        var lines = new List<string>
        {
            string.Create(
                culture, $"k-means, {ClusterCount} clusters of {Count} unit vectors{(SkippedCount > 0 ? $" ({SkippedCount} left out)" : "")}: mean squared distance {MeanSquaredDistance:F4}"),
        };
        if (Labels is not null)
            lines.Add(string.Create(culture, $"by label ({Labels.GroupCount} labels, {Labels.Count} vectors): {Labels}"));
        lines.Add(string.Create(culture, $"by modality ({Modalities.GroupCount}): {Modalities}"));
        if (RowAgreement is { } agreement)
            lines.Add(string.Create(culture, $"rows in one cluster: {agreement:F4}"));
        return string.Join(Environment.NewLine, lines);
    }
}
