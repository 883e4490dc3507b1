using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace QuickStart;

/// <summary>The images and the captions of all pairs in one index.</summary>
internal sealed class MixedGallery
{
    private readonly MLContext _ml;
    private readonly IDataView _pairs;
    private readonly EmbeddingIndex _index;

    public MixedGallery(MLContext ml, IDataView pairs)
    {
        (_ml, _pairs) = (ml, ml.Data.Cache(pairs));
        var rows = ml.Data.CreateEnumerable<PairEmbedding>(_pairs, reuseRowObject: false).ToList();
        _index = new EmbeddingIndex(rows[0].Image.Length, fingerprint: pairs.Schema["Text"].FindMapFingerprint());
        foreach (var row in rows)
        {
            _index.Add($"image {row.Row}", row.Image, "image");
            _index.Add($"text {row.Row}", row.Text, "text");
        }
    }

    /// <summary>What is nearest to a query, of either kind.</summary>
    public IReadOnlyList<Answer> Search(float[] query, int count) => [.. _index.Search(query, count).Select(ToAnswer)];

    /// <summary>Each query has two relevant documents, the image it describes and the gallery's own caption of it.</summary>
    public MixedRetrievalMetrics Measure(IDataView queries) => _ml.ModalityGap().EvaluateMixedRetrieval(
        queries, "Text", [new MixedGalleryPart("image", _pairs, "Image", "Row"), new MixedGalleryPart("text", _pairs, "Text", "Row")], Relevance.ById("Row", "Row"));

    /// <summary>The index holds the images and texts of the pairs in turn.</summary>
    private static Answer ToAnswer(Neighbor neighbor) => new(neighbor.Modality!, neighbor.Position / 2, neighbor.Score);
}

/// <summary>A document found.</summary>
internal readonly record struct Answer(string Kind, int Row, float Score);
