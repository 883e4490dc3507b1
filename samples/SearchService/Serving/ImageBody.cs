namespace SearchService;

/// <summary>The content of an image file, as a request's body. It is bound, and so has come whole, before the request waits for a place (<see cref="WorkPlaces"/>).</summary>
internal sealed record ImageBody(byte[] Bytes)
{
    /// <exception cref="BadHttpRequestException">It is no image by its type, is empty, too long, or comes too slowly.</exception>
    /// <exception cref="ServiceBusyException">There is no room for it.</exception>
    public static async ValueTask<ImageBody?> BindAsync(HttpContext context)
    {
        var type = context.Request.ContentType ?? "";
        if (!type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"The body is the content of an image file, with a content type such as image/png; '{context.Request.ContentType}' was sent.", StatusCodes.Status415UnsupportedMediaType);
        }

        var bytes = await context.RequestServices.GetRequiredService<BodyMemory>().ReadAsync(context);
        return bytes.Length > 0 ? new ImageBody(bytes) : throw new BadHttpRequestException("The body is empty; the content of an image file is expected.");
    }
}
