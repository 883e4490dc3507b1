namespace Microsoft.ML.ModalityGap;

/// <summary>Where anchors come from.</summary>
public enum AnchorSource
{
    /// <summary>Rows of the data, drawn at random.</summary>
    Sample,

    /// <summary>The centres of clusters of such rows, by k-means.</summary>
    KMeans,
}
