using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace QuickStart;

/// <summary>Images and texts in one gallery, searched by cosine.</summary>
internal sealed class MixedGallery
{
    private readonly List<(string Kind, string Name, float[] Embedding)> _documents;

    private MixedGallery(List<(string Kind, string Name, float[] Embedding)> documents) => _documents = documents;

    /// <summary>The image and the caption of every pair.</summary>
    public static MixedGallery Create(MLContext ml, IDataView embeddings, IReadOnlyList<Pair> pairs)
    {
        var documents = new List<(string, string, float[])>();
        foreach (var (embedding, row) in ml.Data.CreateEnumerable<PairEmbedding>(embeddings, reuseRowObject: false).Select((embedding, row) => (embedding, row)))
        {
            documents.Add(("image", Path.GetFileName(pairs[row].ImagePath) + " · " + pairs[row].Caption, embedding.Image));
            documents.Add(("text", pairs[row].Caption, embedding.Text));
        }

        return new MixedGallery(documents);
    }

    public IReadOnlyList<Answer> Search(float[] query, int count) =>
        [.. _documents
            .Select(document => new Answer(document.Kind, document.Name, TensorPrimitives.CosineSimilarity<float>(query, document.Embedding)))
            .OrderByDescending(answer => answer.Score)
            .Take(count)];

    /// <summary>Each query has two relevant documents: the image it describes, and the gallery's own caption of that image.</summary>
    public static MixedRetrievalMetrics Measure(MLContext ml, IDataView queries, IReadOnlyList<KnownQuery> known, IDataView pairs, int pairCount)
    {
        string[] rows = [.. Enumerable.Range(0, pairCount).Select(Name)];
        var relevance = Relevance.ById([.. known.Select(query => Name(query.Row))], [.. rows, .. rows]);
        return ml.ModalityGap().EvaluateMixedRetrieval(
            queries, "Text", [new MixedGalleryPart("image", pairs, "Image"), new MixedGalleryPart("text", pairs, "Text")], relevance);

        static string Name(int row) => row.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>A document found.</summary>
internal readonly record struct Answer(string Kind, string Name, float Score);
