using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace SearchService;

/// <summary>What the endpoints ask: nearest items, probabilities of classes.</summary>
internal sealed class SearchEngine : IDisposable
{
    // Embeddings of classes that were asked for; beyond that all are forgotten, so that nobody can fill the memory.
    private const int MaxCachedClasses = 10_000;

    private readonly LoadedGallery _gallery;
    private readonly EnginePool<TextQuery, QueryEmbedding> _texts;
    private readonly EnginePool<ImageQuery, QueryEmbedding> _images;
    private readonly ConcurrentDictionary<string, float[]> _classes = new(StringComparer.Ordinal);

    internal SearchEngine(MLContext ml, LoadedGallery gallery, int maxWaiting)
    {
        _gallery = gallery;
        _texts = new EnginePool<TextQuery, QueryEmbedding>(ml, gallery.TextModel, maxWaiting);
        _images = new EnginePool<ImageQuery, QueryEmbedding>(ml, gallery.ImageModel, maxWaiting);
    }

    internal Task<QueryEmbedding> EmbedTextAsync(string text, CancellationToken cancellationToken) => _texts.PredictAsync(new TextQuery { Text = text }, cancellationToken);

    internal Task<QueryEmbedding> EmbedImageAsync(byte[] image, CancellationToken cancellationToken) => _images.PredictAsync(new ImageQuery { Image = image }, cancellationToken);

    /// <summary>The nearest items; by one thread, as other requests have the other cores.</summary>
    internal IReadOnlyList<SearchHit> Search(QueryEmbedding query, int k, bool closed, string? modality)
    {
        var index = closed ? _gallery.Closed : _gallery.Raw;
        var options = new SearchOptions { MaxDegreeOfParallelism = 1, Fingerprint = index.Fingerprint, Modalities = modality is null ? null : [modality] };
        return [.. index.Search(closed ? query.Closed : query.Raw, k, options).Select(neighbor =>
        {
            var id = neighbor.Id.ToString();
            var item = _gallery.File.Items[id];
            return new SearchHit(id, item.Kind, neighbor.Score, item.Text, item.Image is null ? null : $"/images/{id}");
        })];
    }

    /// <summary>The classes' probabilities, likeliest first.</summary>
    internal async Task<IReadOnlyList<ClassProbability>> ClassifyAsync(byte[] image, IReadOnlyList<string> classes, CancellationToken cancellationToken)
    {
        var vectors = new List<float[]>(classes.Count);
        foreach (var name in classes)
            vectors.Add(await EmbedClassAsync(name, cancellationToken));
        var weights = new ZeroShotClasses(classes, vectors);
        var embedding = (await EmbedImageAsync(image, cancellationToken)).Closed;
        var similarities = Enumerable.Range(0, classes.Count).Select(i => TensorPrimitives.CosineSimilarity(embedding, weights.GetEmbedding(i))).ToArray();
        var largest = similarities.Max();
        var probabilities = Array.ConvertAll(similarities, similarity => MathF.Exp(_gallery.File.LogitScale * (similarity - largest)));
        var sum = probabilities.Sum();
        return [.. classes.Select((name, i) => new ClassProbability(name, probabilities[i] / sum, similarities[i])).OrderByDescending(entry => entry.Probability)];
    }

    public void Dispose()
    {
        _texts.Dispose();
        _images.Dispose();
    }

    private async Task<float[]> EmbedClassAsync(string name, CancellationToken cancellationToken)
    {
        if (_classes.TryGetValue(name, out var known))
            return known;
        var embedding = (await EmbedTextAsync(name, cancellationToken)).Closed;
        if (_classes.Count >= MaxCachedClasses)
            _classes.Clear();
        _classes[name] = embedding;
        return embedding;
    }
}

/// <summary>An item found.</summary>
internal sealed record SearchHit(string Id, string Kind, float Score, string Text, string? Image);

/// <summary>A class and how likely it is.</summary>
internal sealed record ClassProbability(string Class, float Probability, float Similarity);
