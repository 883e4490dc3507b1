using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Retrieval from one gallery of documents of several modalities, such as texts, images, and both fused (MixBench's setting).</summary>
[TypeFormatterSource]
public sealed class MixedRetrievalMetrics
{
    internal MixedRetrievalMetrics()
    {
    }

    /// <summary>All measures of retrieval.</summary>
    public required RetrievalMetrics Retrieval { get; init; }

    /// <summary>The k of <see cref="Ndcg"/> and of <see cref="MixedModalityMetrics.TopShare"/>.</summary>
    public required int Cutoff { get; init; }

    /// <summary>NDCG at <see cref="Cutoff"/>, over all documents whatever their modality.</summary>
    public double Ndcg => Retrieval.NdcgAt(Cutoff);

    /// <summary>The modalities, in the order of their first document.</summary>
    public required IReadOnlyList<MixedModalityMetrics> Modalities { get; init; }

    /// <summary>A modality by name.</summary>
    /// <exception cref="ArgumentException">The gallery has no such modality.</exception>
    public MixedModalityMetrics this[string modality] =>
        Modalities.FirstOrDefault(entry => entry.Modality == modality)
        ?? throw new ArgumentException($"The gallery has no modality '{modality}', but {string.Join(", ", Modalities.Select(entry => $"'{entry.Modality}'"))}.", nameof(modality));

    /// <summary>The measures as a table, and how they are defined.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        var rows = Modalities.Select(entry => new[]
        {
            entry.Modality,
            entry.DocumentCount.ToString(culture),
            entry.GalleryShare.ToString("P1", culture),
            entry.TopShare.ToString("P1", culture),
            entry.RelevantCount.ToString(culture),
            entry.TopRecall?.ToString("P1", culture) ?? "none",
            entry.RankBias?.ToString("F4", culture) ?? "none",
        });
        return string.Join(
            Environment.NewLine,
            PlainTable.Format(["modality", "documents", "of gallery", string.Create(culture, $"of first {Cutoff}"), "relevant", "of them found", "rank bias"], rows),
            "rank bias: share of the modality's own irrelevant documents before its relevant ones, less the share of the other modalities'; 0 is fair, -1 is last whatever the content",
            Retrieval.ToString());
    }
}
