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
    private readonly ImageAdmission _admission;
    private readonly ConcurrentDictionary<string, float[]> _classes = new(StringComparer.Ordinal);
    private ClusterSearch? _cluster;

    internal SearchEngine(MLContext ml, LoadedGallery gallery, ServiceSettings settings)
    {
        _gallery = gallery;
        _admission = new ImageAdmission(settings);
        _texts = new EnginePool<TextQuery, QueryEmbedding>(ml, gallery.TextModel);
        _images = new EnginePool<ImageQuery, QueryEmbedding>(ml, gallery.ImageModel);
    }

    internal Task<QueryEmbedding> EmbedTextAsync(string text, CancellationToken cancellationToken) => _texts.PredictAsync(new TextQuery { Text = text }, cancellationToken);

    /// <exception cref="InvalidDataException">The image cannot be used.</exception>
    internal async Task<QueryEmbedding> EmbedImageAsync(byte[] image, CancellationToken cancellationToken)
    {
        using var room = await _admission.EnterAsync(image, cancellationToken);
        return await _images.PredictAsync(new ImageQuery { Image = image }, cancellationToken);
    }

    /// <summary>Lets a cluster search from now on.</summary>
    internal void UseCluster(ClusterSearch cluster) => _cluster = cluster;

    /// <summary>The nearest items.</summary>
    internal async Task<IReadOnlyList<SearchHit>> SearchAsync(QueryEmbedding query, SearchQuestion question, CancellationToken cancellationToken) => _cluster is null
        ? Search(query, question)
        : [.. (await _cluster.SearchAsync(query, question, cancellationToken)).Select(neighbor => Describe(neighbor.Id, neighbor.Score, neighbor.Probability))];

    /// <summary>By one thread, as other requests have the other cores.</summary>
    private IReadOnlyList<SearchHit> Search(QueryEmbedding query, SearchQuestion question)
    {
        var index = question.Closed ? _gallery.Closed : _gallery.Raw;
        var options = new SearchOptions
        {
            MaxDegreeOfParallelism = 1,
            Fingerprint = index.Fingerprint,
            Modalities = question.Modality is { } only ? [only] : null,
            QueryModality = question.Closed ? question.QueryModality : null,
            MinimumProbability = question.MinimumProbability,
        };
        return [.. index.Search(question.Closed ? query.Closed : query.Raw, question.Count, options).Select(neighbor => Describe(neighbor.Id, neighbor.Score, neighbor.Probability))];
    }

    private SearchHit Describe(EmbeddingId found, float score, double? probability)
    {
        var id = found.ToString();
        var item = _gallery.File.Items[id];
        return new SearchHit(id, item.Kind, score, probability, item.Text, item.Image is null ? null : $"/images/{id}");
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
        _admission.Dispose();
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

/// <summary>What is asked.</summary>
/// <param name="QueryModality">Who asks: text or image.</param>
/// <param name="Count">The most items to find.</param>
/// <param name="Closed">Whether to search by the model, with the gap closed and scores corrected, or as the encoder gives it.</param>
/// <param name="Modality">The only kind to find; <see langword="null"/> for both.</param>
/// <param name="MinimumProbability">How probable a match must at least be; <see langword="null"/> for any.</param>
internal sealed record SearchQuestion(string QueryModality, int Count, bool Closed, string? Modality, double? MinimumProbability);

/// <summary>An item found: its corrected score and the probability of a match, or the cosine as the encoder gives it.</summary>
internal sealed record SearchHit(string Id, string Kind, float Score, double? Probability, string Text, string? Image);

/// <summary>A class and how likely it is.</summary>
internal sealed record ClassProbability(string Class, float Probability, float Similarity);
