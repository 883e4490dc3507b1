using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace QuickStart;

/// <summary>The images and the captions of all pairs in one index, which ranks by cosines or, with a correction, by its scores.</summary>
internal sealed class MixedGallery
{
    private readonly EmbeddingIndex _index;

    public MixedGallery(MLContext ml, IDataView pairs, SimilarityCorrection? correction = null)
    {
        var rows = ml.Data.CreateEnumerable<PairEmbedding>(pairs, reuseRowObject: false).ToList();
        _index = new EmbeddingIndex(rows[0].Image.Length, new EmbeddingIndexOptions { Correction = correction }, pairs.Schema["Text"].FindMapFingerprint());
        foreach (var row in rows)
        {
            _index.Add($"image {row.Row}", row.Image, "Image");
            _index.Add($"text {row.Row}", row.Text, "Text");
        }
    }

    /// <summary>What is nearest to a text, of either kind.</summary>
    public IReadOnlyList<Answer> Search(float[] query, int count) =>
        [.. _index.Search(query, count, new SearchOptions { QueryModality = _index.Options.Correction is null ? null : "Text" }).Select(ToAnswer)];

    /// <summary>The index holds the images and texts of the pairs in turn.</summary>
    private static Answer ToAnswer(Neighbor neighbor) => new(neighbor.Modality!.ToLowerInvariant(), neighbor.Position / 2, neighbor.Score, neighbor.Probability);
}

/// <summary>A document found.</summary>
/// <param name="Kind">image or text.</param>
/// <param name="Row">Of the pairs.</param>
/// <param name="Score">The cosine, or what the correction makes of it.</param>
/// <param name="Probability">How probable a match is, where the correction says so.</param>
internal readonly record struct Answer(string Kind, int Row, float Score, double? Probability);
