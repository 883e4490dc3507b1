using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace SearchService;

/// <summary>Puts the service together; what Program and the tests run.</summary>
internal static class SearchServiceApp
{
    // How many scenes the built-in gallery is fitted on, and how many it shows.
    private const int FitCount = 500, ShownCount = 300;

    /// <param name="arguments">The command line.</param>
    /// <param name="configure">Changes the builder, as tests do; <see langword="null"/> for nothing.</param>
    internal static WebApplication Create(string[] arguments, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        var settings = ServiceSettings.Read(builder.Configuration);
        ConfigureLog(builder);
        Limits.Configure(builder, settings);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context => context.ProblemDetails.Extensions["requestId"] = context.HttpContext.TraceIdentifier);
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.Configure<HostFilteringOptions>(options =>
        {
            options.AllowedHosts = settings.AllowedHosts.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            options.IncludeFailureMessage = false;
        });
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, SecurityHeaders>());
        builder.Services.AddSingleton(settings).AddSingleton<RequestLog>();

        if (settings.Cluster is { } redis)
            builder.UseOrleansClient(client => client.UseRedisClustering(redis));
        var state = Open(settings);
        builder.Services.AddSingleton(_ => state).AddHealthChecks().AddCheck("gallery", state);
        configure?.Invoke(builder);
        var app = builder.Build();

        if (state.Problem is null && app.Services.GetService<IClusterClient>() is { } cluster)
            state.Engine.UseCluster(new ClusterSearch(cluster.GetModalityGap(), state.Gallery, settings));

        var log = app.Services.GetRequiredService<RequestLog>();
        app.Use(next => context => log.InvokeAsync(context, next));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // Written by RequestLog, without what people asked.
            SuppressDiagnosticsCallback = _ => true,
            ExceptionHandler = context =>
            {
                var error = context.Features.Get<IExceptionHandlerFeature>()!.Error;
                var result = Describe(error);
                if (result is null)
                    log.Failed(context, error);
                return (result ?? Results.Problem("Something went wrong here; the log says what.", statusCode: StatusCodes.Status500InternalServerError)).ExecuteAsync(context);
            },
        });
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        Endpoints.Map(app, state, settings);
        return app;
    }

    private static void ConfigureLog(WebApplicationBuilder builder)
    {
        // ASP.NET's own lines hold addresses, and with them what was asked.
        builder.Logging.ClearProviders().AddJsonConsole(options => options.UseUtcTimestamp = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    }

    /// <exception cref="DirectoryNotFoundException">The folder that was named is not there, and nothing says what to make it of.</exception>
    /// <exception cref="InvalidDataException">What a new gallery is to be made of cannot be used.</exception>
    private static GalleryState Open(ServiceSettings settings)
    {
        var ml = new MLContext(seed: 1);
        var folder = FindOrBuild(ml, settings);
        LoadedGallery? gallery = null;
        try
        {
            gallery = LoadedGallery.Open(ml, folder);
            return new GalleryState(gallery, new SearchEngine(ml, gallery, settings));
        }
        catch (Exception exception) when (exception is InvalidDataException or UnauthorizedAccessException or (IOException and not DirectoryNotFoundException))
        {
            gallery?.Dispose();
            return new GalleryState(exception.Message);
        }
    }

    private static string FindOrBuild(MLContext ml, ServiceSettings settings)
    {
        if (settings.Gallery is { } given)
        {
            if (settings.Model is not null && !Directory.Exists(given))
                new GalleryBuilder(ml, SourcePairs.Read(settings.Model, settings.Images!, settings.Captions!)).Build(given);
            return given;
        }

        // Drawn, encoded and fitted once, beside the program; the name changes with what it is made of.
        var folder = Path.Combine(
            AppContext.BaseDirectory, $"tinyclip-gallery-{GalleryFile.Version}-{File.GetLastWriteTimeUtc(Path.Combine(TinyClip.TinyClipModel.FindFolder(), TinyClip.TinyClipModel.VisionFile)).Ticks:x}");
        if (!Directory.Exists(folder))
            new GalleryBuilder(ml, SourcePairs.DrawScenes(FitCount, ShownCount)).Build(folder);
        return folder;
    }

    /// <summary>What went wrong, as RFC 9457 wants it told; <see langword="null"/> where that is the service's own affair.</summary>
    private static IResult? Describe(Exception exception)
    {
        // ML.NET wraps what its getters throw.
        while (exception is InvalidOperationException && exception.InnerException is { } inner)
            exception = inner;
        return exception switch
        {
            BadHttpRequestException bad => Results.Problem(bad.Message, statusCode: bad.StatusCode),
            InvalidDataException unusable => Results.Problem(unusable.Message, statusCode: StatusCodes.Status400BadRequest, title: "The image cannot be used"),
            GalleryUnavailableException unavailable => Results.Problem(unavailable.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The gallery cannot be opened"),
            ServiceBusyException busy => ServiceBusyException.Answer(busy.Message),
            ClusterSearchException or TimeoutException => Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The cluster does not answer"),
            OperationCanceledException => Results.StatusCode(StatusCodes.Status499ClientClosedRequest),
            _ => null,
        };
    }
}
