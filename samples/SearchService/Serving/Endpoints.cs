using System.Diagnostics;

namespace SearchService;

/// <summary>The service's addresses.</summary>
internal static class Endpoints
{
    private static readonly byte[] _page = ReadPage();

    internal static void Map(WebApplication app, LoadedGallery gallery, SearchEngine engine, ServiceSettings settings)
    {
        app.MapGet("/", () => Results.Bytes(_page, "text/html; charset=utf-8"));

        app.MapGet("/health", () => new
        {
            status = "ok",
            gallery = gallery.File.Name,
            items = gallery.Closed.Count,
            dimension = gallery.Closed.Dimension,
            modalities = gallery.Closed.Modalities,
            fingerprint = gallery.Closed.Fingerprint,
            classes = gallery.File.Classes,
            examples = gallery.File.Examples,
        });

        app.MapGet("/search", async (string? q, int? k, string? modality, bool? closed, CancellationToken cancellationToken) =>
        {
            CheckText("q", q, settings);
            CheckSearch(gallery, k, modality, settings);
            var watch = Stopwatch.StartNew();
            var query = await engine.EmbedTextAsync(q!, cancellationToken);
            return Answer(gallery, engine.Search(query, k ?? 10, closed ?? true, modality), closed ?? true, watch);
        });

        app.MapPost("/search", async (HttpRequest request, int? k, string? modality, bool? closed, CancellationToken cancellationToken) =>
        {
            CheckSearch(gallery, k, modality, settings);
            var image = await ReadImageAsync(request, cancellationToken);
            var watch = Stopwatch.StartNew();
            var query = await engine.EmbedImageAsync(image, cancellationToken);
            return Answer(gallery, engine.Search(query, k ?? 10, closed ?? true, modality), closed ?? true, watch);
        });

        app.MapPost("/classify", async (HttpRequest request, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "class")] string[]? classes, CancellationToken cancellationToken) =>
        {
            var names = classes is null or [] ? gallery.File.Classes : classes;
            CheckClasses(names, settings);
            return new { classes = await engine.ClassifyAsync(await ReadImageAsync(request, cancellationToken), names, cancellationToken) };
        });

        app.MapGet("/images/{id}", (string id) => gallery.FindImage(id) is { } path && File.Exists(path)
            ? Results.File(path, GetMediaType(path), enableRangeProcessing: false)
            : Results.Problem($"There is no image '{id}'.", statusCode: StatusCodes.Status404NotFound));
    }

    private static object Answer(LoadedGallery gallery, IReadOnlyList<SearchHit> results, bool closed, Stopwatch watch) => new
    {
        closed,
        fingerprint = closed ? gallery.Closed.Fingerprint : null,
        milliseconds = Math.Round(watch.Elapsed.TotalMilliseconds, 2),
        results,
    };

    private static void CheckText(string name, string? text, ServiceSettings settings)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new BadHttpRequestException($"The parameter '{name}' is missing or empty.");
        if (text.Length > settings.MaxTextLength)
            throw new BadHttpRequestException($"The parameter '{name}' has {text.Length} characters; {settings.MaxTextLength} are allowed.");
    }

    private static void CheckSearch(LoadedGallery gallery, int? k, string? modality, ServiceSettings settings)
    {
        if (k is < 1 || k > settings.MaxResults)
            throw new BadHttpRequestException($"The parameter 'k' is {k}; 1 to {settings.MaxResults} is allowed.");
        if (modality is not null && !gallery.Closed.Modalities.Contains(modality))
            throw new BadHttpRequestException($"The parameter 'modality' is '{modality}'; there is {string.Join(", ", gallery.Closed.Modalities)}.");
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

    private static async Task<byte[]> ReadImageAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType is not { } type || !(type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase)))
        {
            throw new BadHttpRequestException(
                $"The body is the content of an image file, with a content type such as image/png; '{request.ContentType}' was sent.", StatusCodes.Status415UnsupportedMediaType);
        }

        // Kestrel stops the reading at the limit.
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.Length > 0 ? body.ToArray() : throw new BadHttpRequestException("The body is empty; the content of an image file is expected.");
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

    private static byte[] ReadPage()
    {
        using var stream = typeof(Endpoints).Assembly.GetManifestResourceStream("index.html")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
