namespace Microsoft.ML.ModalityGap;

/// <summary>How the documents of one modality fare in a gallery of several.</summary>
public sealed class MixedModalityMetrics
{
    internal MixedModalityMetrics()
    {
    }

    /// <summary>The modality's name.</summary>
    public required string Modality { get; init; }

    /// <summary>The number of its documents.</summary>
    public required int DocumentCount { get; init; }

    /// <summary>Its share of the gallery, from 0 to 1: what <see cref="TopShare"/> would be if modality did not matter.</summary>
    public required double GalleryShare { get; init; }

    /// <summary>Its mean share of the first k documents of a query, from 0 to 1, over all queries.</summary>
    public required double TopShare { get; init; }

    /// <summary>The number of pairs of a query and a document of this modality relevant to it.</summary>
    public required int RelevantCount { get; init; }

    /// <summary>The share of those pairs, 0 to 1, whose document is among the query's first k; <see langword="null"/> when there is no such pair.</summary>
    public required double? TopRecall { get; init; }

    /// <summary>
    /// The mean, over those pairs, of (share of this modality's irrelevant documents ranked before the relevant one) − (share of the other modalities' irrelevant documents
    /// ranked before it). 0 when modality does not matter; −1 when all other documents stand in front because of their modality; above 0 when this
    /// modality is preferred. <see langword="null"/> when there is no such pair, or never irrelevant documents of both kinds.
    /// </summary>
    public required double? RankBias { get; init; }
}
