using Microsoft.AspNetCore.Diagnostics;
using Microsoft.ML;

namespace SearchService;

/// <summary>Puts the service together; what Program and the tests run.</summary>
internal static class SearchServiceApp
{
    // How many scenes the built-in gallery is fitted on, and how many it shows.
    private const int FitCount = 500, ShownCount = 300;

    internal static WebApplication Create(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        var settings = ServiceSettings.Read(builder.Configuration);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = settings.MaxBodyBytes;
        });
        builder.Services.AddProblemDetails();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        var ml = new MLContext(seed: 1);
        var gallery = OpenGallery(ml, settings);
        var engine = new SearchEngine(ml, gallery, settings.MaxWaiting);
        var app = builder.Build();
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            engine.Dispose();
            gallery.Dispose();
        });

        app.UseExceptionHandler(error => error.Run(context => Describe(context.Features.Get<IExceptionHandlerFeature>()!.Error).ExecuteAsync(context)));
        app.UseStatusCodePages();
        app.Use((context, next) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; img-src 'self' blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
            return next(context);
        });
        Endpoints.Map(app, gallery, engine, settings);
        return app;
    }

    private static LoadedGallery OpenGallery(MLContext ml, ServiceSettings settings)
    {
        if (settings.Gallery is { } given)
        {
            if (settings.Model is not null && !Directory.Exists(given))
                new GalleryBuilder(ml, SourcePairs.Read(settings.Model, settings.Images!, settings.Captions!)).Build(given);
            return LoadedGallery.Open(ml, given);
        }

        // Drawn, encoded and fitted once, beside the program; the name changes with what it is made of.
        var folder = Path.Combine(AppContext.BaseDirectory, $"tinyclip-gallery-{File.GetLastWriteTimeUtc(Path.Combine(TinyClip.TinyClipModel.FindFolder(), TinyClip.TinyClipModel.VisionFile)).Ticks:x}");
        if (!Directory.Exists(folder))
            new GalleryBuilder(ml, SourcePairs.DrawScenes(FitCount, ShownCount)).Build(folder);
        return LoadedGallery.Open(ml, folder);
    }

    /// <summary>What went wrong, as RFC 9457 wants it told.</summary>
    private static IResult Describe(Exception exception)
    {
        // ML.NET wraps what its getters throw.
        while (exception is InvalidOperationException && exception.InnerException is { } inner)
            exception = inner;
        return exception switch
        {
            BadHttpRequestException bad => Results.Problem(bad.Message, statusCode: bad.StatusCode),
            InvalidDataException unusable => Results.Problem(unusable.Message, statusCode: StatusCodes.Status400BadRequest, title: "The image cannot be used"),
            ServiceBusyException busy => Results.Problem(busy.Message, statusCode: StatusCodes.Status503ServiceUnavailable),
            OperationCanceledException => Results.StatusCode(StatusCodes.Status499ClientClosedRequest),
            _ => Results.Problem("Something went wrong here; the log says what.", statusCode: StatusCodes.Status500InternalServerError),
        };
    }
}
