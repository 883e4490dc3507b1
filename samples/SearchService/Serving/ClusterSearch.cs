using Microsoft.ML.ModalityGap;

namespace SearchService;

/// <summary>Searches a gallery on an Orleans cluster: its silos read the gallery's index files, which they must see at the same path, and hold each on two of them.</summary>
internal sealed class ClusterSearch(ModalityGapCluster cluster, LoadedGallery gallery, ServiceSettings settings)
{
    private readonly Lock _lock = new();
    private Task? _opened;

    private TimeSpan Deadline => TimeSpan.FromSeconds(settings.TimeoutSeconds);

    /// <exception cref="ClusterSearchException">Silos did not answer in time.</exception>
    /// <exception cref="TimeoutException">The gallery was not opened in time.</exception>
    internal async Task<IReadOnlyList<ClusterNeighbor>> SearchAsync(QueryEmbedding query, SearchQuestion question, CancellationToken cancellationToken)
    {
        await OpenAsync().WaitAsync(cancellationToken);
        var (index, row) = question.Closed ? (gallery.Closed, query.Closed) : (gallery.Raw, query.Raw);
        var options = new ClusterSearchOptions
        {
            Deadline = Deadline,
            Fingerprint = index.Fingerprint,
            Modalities = question.Modality is { } only ? [only] : null,
            QueryModality = question.Closed ? question.QueryModality : null,
            MinimumProbability = question.MinimumProbability,
        };
        return (await cluster.SearchAsync(gallery.GetPath(question.Closed ? GalleryFile.ClosedIndex : GalleryFile.RawIndex), row, question.Count, options, cancellationToken)).Neighbors[0];
    }

    /// <summary>Opens the indexes with the first question; where that fails, with the next.</summary>
    private Task OpenAsync()
    {
        lock (_lock)
        {
            if (_opened is null or { IsFaulted: true } or { IsCanceled: true })
                _opened = Task.WhenAll(new[] { GalleryFile.ClosedIndex, GalleryFile.RawIndex }.Select(gallery.GetPath).Select(path => cluster.OpenIndexAsync(path, new ClusterIndex(path) { Replicas = 2 }, Deadline)));
            return _opened;
        }
    }
}
