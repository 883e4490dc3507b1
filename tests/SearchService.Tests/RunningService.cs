using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace SearchService.Tests;

/// <summary>The service on a port of its own, over a small gallery of drawn scenes.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _deletes;
    private readonly CapturedLog _log;

    private RunningService(WebApplication app, string folder, bool deletes, string address, CapturedLog log)
    {
        (_app, _folder, _deletes, _log) = (app, folder, deletes, log);
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Client { get; }

    /// <summary>What was logged, a line each, with exceptions.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>What the service holds of bodies.</summary>
    public BodyMemory BodyMemory => _app.Services.GetRequiredService<BodyMemory>();

    public static SourcePairs Pairs { get; } = SourcePairs.DrawScenes(fitCount: 60, shownCount: 40);

    /// <summary>Makes a gallery and serves it.</summary>
    public static Task<RunningService> StartAsync(params string[] arguments) => StartDamagedAsync(_ => { }, arguments);

    /// <summary>Makes a gallery, damages its folder, and serves what is left.</summary>
    public static Task<RunningService> StartDamagedAsync(Action<string> damage, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-service-").FullName;
        var gallery = Path.Combine(folder, "gallery");
        new GalleryBuilder(new MLContext(seed: 1), Pairs).Build(gallery);
        damage(gallery);
        return StartAsync(folder, deletes: true, arguments);
    }

    /// <summary>Serves the same gallery once more, otherwise.</summary>
    public Task<RunningService> StartAnotherAsync(params string[] arguments) => StartAsync(_folder, deletes: false, arguments);

    /// <summary>Serves the same gallery once more, searched by a cluster.</summary>
    public Task<RunningService> StartAnotherAsync(IClusterClient cluster) => StartAsync(_folder, deletes: false, [], cluster);

    private static async Task<RunningService> StartAsync(string folder, bool deletes, string[] arguments, IClusterClient? cluster = null)
    {
        var log = new CapturedLog();
        var app = SearchServiceApp.Create(
            ["--gallery", Path.Combine(folder, "gallery"), "--urls", "http://127.0.0.1:0", "--max-requests-per-second", "100000", .. arguments],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(log);
                if (cluster is not null)
                    builder.Services.AddSingleton(cluster);
            });
        await app.StartAsync();
        return new RunningService(app, folder, deletes, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(), log);
    }

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, byte[] body, string? mediaType)
    {
        using var content = new ByteArrayContent(body);
        if (mediaType is not null)
            content.Headers.ContentType = new(mediaType);
        using var response = await Client.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        if (_deletes)
            Directory.Delete(_folder, recursive: true);
    }
}
