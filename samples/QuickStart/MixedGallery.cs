using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace QuickStart;

/// <summary>The images and the captions of all pairs in one index.</summary>
internal sealed class MixedGallery
{
    private const int Cutoff = 10;

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

    /// <summary>
    /// Each query has two relevant documents, the image it describes and the gallery's own caption of it. NDCG@10; the share of images among the first ten, of which
    /// half would be fair, as the gallery holds as many images as texts; and the share of queries that find their image there.
    /// </summary>
    public MixedSearch Measure(IDataView queries)
    {
        var metrics = _ml.ModalityGap().EvaluateMixedRetrieval(
            queries, "Text", [new MixedGalleryPart("image", _pairs, "Image", "Row"), new MixedGalleryPart("text", _pairs, "Text", "Row")], Relevance.ById("Row", "Row"));
        var wanted = _ml.Data.CreateEnumerable<PairNumber>(queries, reuseRowObject: false).Select(query => query.Row);
        var found = _index.SearchBatch(queries, "Text", Cutoff).Zip(wanted, (answers, row) => answers.Select(ToAnswer).Any(answer => answer.Kind == "image" && answer.Row == row));
        return new MixedSearch(metrics.Ndcg, metrics["image"].TopShare, found.Average(isFound => isFound ? 1.0 : 0));
    }

    /// <summary>The index holds the images and texts of the pairs in turn.</summary>
    private static Answer ToAnswer(Neighbor neighbor) => new(neighbor.Modality!, neighbor.Position / 2, neighbor.Score);
}

/// <summary>A document found.</summary>
internal readonly record struct Answer(string Kind, int Row, float Score);

/// <summary>How well texts and images are found together.</summary>
internal sealed record MixedSearch(double Ndcg, double ImageShare, double ImageFound);
