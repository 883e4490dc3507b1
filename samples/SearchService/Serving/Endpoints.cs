using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SearchService;

/// <summary>The service's addresses.</summary>
internal static class Endpoints
{
    private static readonly (string Address, string File, string MediaType)[] _page =
        [("/", "index.html", "text/html; charset=utf-8"), ("/page.css", "page.css", "text/css; charset=utf-8"), ("/page.js", "page.js", "text/javascript; charset=utf-8")];

    internal static void Map(WebApplication app, GalleryState state, ServiceSettings settings)
    {
        foreach (var (address, file, mediaType) in _page)
        {
            var content = ReadResource(file);
            app.MapGet(address, () => Results.Bytes(content, mediaType));
        }

        app.MapGet("/health/live", () => new { status = "ok" });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteReadinessAsync });

        app.MapGet("/about", () => new
        {
            gallery = state.Gallery.File.Name,
            items = state.Gallery.Closed.Count,
            dimension = state.Gallery.Closed.Dimension,
            modalities = state.Gallery.Closed.Modalities,
            fingerprint = state.Gallery.Closed.Fingerprint,
            correction = state.Gallery.Closed.Options.Correction?.Hubness.ToString(),
            classes = state.Gallery.File.Classes,
            examples = state.Gallery.File.Examples,
            maxBodyBytes = settings.MaxBodyBytes,
        });

        var work = app.MapGroup("").AddEndpointFilter(app.Services.GetRequiredService<WorkPlaces>());
        work.MapGet("/search", async (string? q, int? k, string? modality, bool? closed, double? minimumProbability, CancellationToken cancellationToken) =>
        {
            CheckText("q", q, settings);
            var question = CheckSearch(state.Gallery, "text", k, modality, closed, minimumProbability, settings);
            var watch = Stopwatch.StartNew();
            return await AnswerAsync(state, await state.Engine.EmbedTextAsync(q!, cancellationToken), question, watch, cancellationToken);
        });

        work.MapPost("/search", async (ImageBody image, int? k, string? modality, bool? closed, double? minimumProbability, CancellationToken cancellationToken) =>
        {
            var question = CheckSearch(state.Gallery, "image", k, modality, closed, minimumProbability, settings);
            var watch = Stopwatch.StartNew();
            return await AnswerAsync(state, await state.Engine.EmbedImageAsync(image.Bytes, cancellationToken), question, watch, cancellationToken);
        });

        work.MapPost("/classify", async (ImageBody image, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "class")] string[]? classes, CancellationToken cancellationToken) =>
        {
            var names = classes is null or [] ? state.Gallery.File.Classes : classes;
            CheckClasses(names, settings);
            return new { classes = await state.Engine.ClassifyAsync(image.Bytes, names, cancellationToken) };
        });

        app.MapGet("/images/{id}", (string id) => state.Gallery.FindImage(id) is { } path && File.Exists(path)
            ? Results.File(path, GetMediaType(path), enableRangeProcessing: false)
            : Results.Problem($"There is no image '{id}'.", statusCode: StatusCodes.Status404NotFound));
    }

    private static async Task<object> AnswerAsync(GalleryState state, QueryEmbedding query, SearchQuestion question, Stopwatch watch, CancellationToken cancellationToken)
    {
        var results = await state.Engine.SearchAsync(query, question, cancellationToken);
        return new
        {
            closed = question.Closed,
            fingerprint = question.Closed ? state.Gallery.Closed.Fingerprint : null,
            milliseconds = Math.Round(watch.Elapsed.TotalMilliseconds, 2),
            results,
        };
    }

    private static Task WriteReadinessAsync(HttpContext context, HealthReport report) => (report.Status == HealthStatus.Healthy
        ? Results.Ok(new { status = "ok" })
        : Results.Problem(string.Join(" ", report.Entries.Values.Select(entry => entry.Description)), statusCode: StatusCodes.Status503ServiceUnavailable, title: "The gallery cannot be opened"))
        .ExecuteAsync(context);

    private static void CheckText(string name, string? text, ServiceSettings settings)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new BadHttpRequestException($"The parameter '{name}' is missing or empty.");
        if (text.Length > settings.MaxTextLength)
            throw new BadHttpRequestException($"The parameter '{name}' has {text.Length} characters; {settings.MaxTextLength} are allowed.");
    }

    private static SearchQuestion CheckSearch(LoadedGallery gallery, string queryModality, int? k, string? modality, bool? closed, double? minimumProbability, ServiceSettings settings)
    {
        if (k is < 1 || k > settings.MaxResults)
            throw new BadHttpRequestException($"The parameter 'k' is {k}; 1 to {settings.MaxResults} is allowed.");
        if (modality is not null && !gallery.Closed.Modalities.Contains(modality))
            throw new BadHttpRequestException($"The parameter 'modality' is '{modality}'; there is {string.Join(", ", gallery.Closed.Modalities)}.");
        if (minimumProbability is not null && closed == false)
            throw new BadHttpRequestException("The parameter 'minimumProbability' goes with the corrected scores, not with 'closed=false': cosines are no probabilities.");
        if (minimumProbability is { } least && !(least is >= 0 and <= 1))
            throw new BadHttpRequestException(string.Create(CultureInfo.InvariantCulture, $"The parameter 'minimumProbability' is {least}; 0 to 1 is allowed."));
        if (minimumProbability is not null && gallery.Closed.Options.Correction?.FindCalibration(queryModality) is null)
            throw new BadHttpRequestException("The parameter 'minimumProbability' needs a gallery whose correction is calibrated; this one was fitted on too few pairs.");
        return new SearchQuestion(queryModality, k ?? 10, closed ?? true, modality, minimumProbability);
    }

    private static void CheckClasses(IReadOnlyList<string> names, ServiceSettings settings)
    {
        if (names.Count < 2 || names.Count > settings.MaxClasses)
            throw new BadHttpRequestException($"{names.Count} classes are given; 2 to {settings.MaxClasses} are needed: ?class=a cat&class=a dog.");
        foreach (var name in names)
            CheckText("class", name, settings);
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
            throw new BadHttpRequestException("A class is named twice.");
    }

    private static string GetMediaType(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".webp" => "image/webp",
        ".gif" => "image/gif",
        ".bmp" => "image/bmp",
        _ => "application/octet-stream",
    };

    private static byte[] ReadResource(string name)
    {
        using var stream = typeof(Endpoints).Assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
