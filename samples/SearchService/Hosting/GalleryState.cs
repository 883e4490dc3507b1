using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SearchService;

/// <summary>The gallery that is served, or why none is: a damaged one does not keep the service from starting, so that it can say what is wrong.</summary>
internal sealed class GalleryState : IHealthCheck, IDisposable
{
    private readonly LoadedGallery? _gallery;
    private readonly SearchEngine? _engine;

    internal GalleryState(LoadedGallery gallery, SearchEngine engine) => (_gallery, _engine) = (gallery, engine);

    internal GalleryState(string problem) => Problem = problem;

    /// <summary>Why nothing can be searched; <see langword="null"/> where all is well.</summary>
    internal string? Problem { get; }

    /// <exception cref="GalleryUnavailableException">There is none.</exception>
    internal LoadedGallery Gallery => _gallery ?? throw new GalleryUnavailableException(Problem!);

    /// <inheritdoc cref="Gallery" path="/exception" />
    internal SearchEngine Engine => _engine ?? throw new GalleryUnavailableException(Problem!);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Problem is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(Problem));

    public void Dispose()
    {
        _engine?.Dispose();
        _gallery?.Dispose();
    }
}

/// <summary>The gallery could not be opened.</summary>
internal sealed class GalleryUnavailableException(string reason) : Exception(reason);
