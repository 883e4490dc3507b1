using System.Threading.RateLimiting;
using SkiaSharp;

namespace SearchService;

/// <summary>
/// Lets images in by their pixels, which a few bytes can state millions of: none that is too large, and no more at once than memory is set aside for. The header is read, nothing decoded.
/// </summary>
internal sealed class ImageAdmission : IDisposable
{
    // Permits are counted in int, and a small image is some work, too.
    private const int PixelsPerPermit = 1 << 16;

    private readonly int _largest;
    private readonly ConcurrencyLimiter _limiter;

    internal ImageAdmission(ServiceSettings settings)
    {
        _largest = settings.MaxPixels;
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = CountPermits(settings.MaxPixelsInFlight), QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    }

    /// <summary>Waits until there is room for the image; disposing what is returned makes room again.</summary>
    /// <exception cref="InvalidDataException">It has more pixels than are allowed.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async ValueTask<RateLimitLease> EnterAsync(byte[] image, CancellationToken cancellationToken)
    {
        var (width, height) = ReadSize(image);
        if ((long)width * height > _largest)
            throw new InvalidDataException($"The image has {width} × {height} = {(long)width * height} pixels; {_largest} are allowed.");
        return await _limiter.AcquireAsync(CountPermits((long)width * height), cancellationToken);
    }

    public void Dispose() => _limiter.Dispose();

    private static int CountPermits(long pixels) => (int)(pixels / PixelsPerPermit) + 1;

    /// <summary>What an image says of its size. What is none says nothing: the model tells what is wrong with it.</summary>
    private static (int Width, int Height) ReadSize(byte[] image)
    {
        using var data = SKData.CreateCopy(image);
        using var codec = SKCodec.Create(data);
        return codec is null ? default : (codec.Info.Width, codec.Info.Height);
    }
}
