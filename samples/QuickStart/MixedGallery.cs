using System.Numerics.Tensors;
using Microsoft.ML;

namespace QuickStart;

/// <summary>Images and texts in one gallery, searched by cosine.</summary>
internal sealed class MixedGallery
{
    private const int Cutoff = 10;

    private readonly List<(string Kind, string Name, int Row, float[] Embedding)> _documents;

    private MixedGallery(List<(string Kind, string Name, int Row, float[] Embedding)> documents) => _documents = documents;

    /// <summary>The image and the caption of every pair.</summary>
    public static MixedGallery Create(MLContext ml, IDataView embeddings, IReadOnlyList<Pair> pairs)
    {
        var documents = new List<(string, string, int, float[])>();
        foreach (var (embedding, row) in ml.Data.CreateEnumerable<PairEmbedding>(embeddings, reuseRowObject: false).Select((embedding, row) => (embedding, row)))
        {
            documents.Add(("image", Path.GetFileName(pairs[row].ImagePath) + " · " + pairs[row].Caption, row, embedding.Image));
            documents.Add(("text", pairs[row].Caption, row, embedding.Text));
        }

        return new MixedGallery(documents);
    }

    public static float[][] ReadTexts(MLContext ml, IDataView embeddings) =>
        [.. ml.Data.CreateEnumerable<TextEmbedding>(embeddings, reuseRowObject: false).Select(row => row.Text)];

    public IReadOnlyList<Answer> Search(float[] query, int count) =>
        [.. _documents
            .Select(document => new Answer(document.Kind, document.Name, document.Row, TensorPrimitives.CosineSimilarity<float>(query, document.Embedding)))
            .OrderByDescending(answer => answer.Score)
            .Take(count)];

    /// <summary>
    /// Each query has two relevant documents, the image it describes and the gallery's own caption of it. NDCG@10 with gain 1 each; and the share of images
    /// among the first ten, of which half would be fair: the gallery holds as many images as texts.
    /// </summary>
    public (double Ndcg, double ImageShare, double ImageFound) Measure(float[][] embeddings, IReadOnlyList<KnownQuery> queries)
    {
        const double Ideal = 1 + 1 / 1.5849625007211562; // 1/log2(2) + 1/log2(3)
        double ndcg = 0, images = 0, found = 0;
        for (var i = 0; i < queries.Count; i++)
        {
            var answers = Search(embeddings[i], Cutoff);
            for (var rank = 0; rank < answers.Count; rank++)
            {
                if (answers[rank].Row == queries[i].Row)
                    ndcg += 1 / Math.Log2(rank + 2) / Ideal;
            }

            images += answers.Count(answer => answer.Kind == "image") / (double)answers.Count;
            found += answers.Any(answer => answer.Kind == "image" && answer.Row == queries[i].Row) ? 1 : 0;
        }

        return (ndcg / queries.Count, images / queries.Count, found / queries.Count);
    }
}

/// <summary>A document found.</summary>
internal readonly record struct Answer(string Kind, string Name, int Row, float Score);
