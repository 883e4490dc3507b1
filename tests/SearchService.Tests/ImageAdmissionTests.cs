using SkiaSharp;

namespace SearchService.Tests;

[TestClass]
public class ImageAdmissionTests
{
    /// <summary>Of two images whose pixels together are more than may be in memory, the second waits for the first to be done with.</summary>
    [TestMethod]
    public async Task Enter_MorePixelsThanMayBeInMemory_WaitsForRoom()
    {
        const int Width = 1024, Height = 700, Most = 1024 * 1024;
        using var admission = new ImageAdmission(new ServiceSettings { MaxPixels = Most, MaxPixelsInFlight = Most });
        using var bitmap = new SKBitmap(Width, Height);
        var image = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100).ToArray();
        var first = await admission.EnterAsync(image, CancellationToken.None);
        var second = admission.EnterAsync(image, CancellationToken.None).AsTask();
        Assert.IsFalse(second.IsCompleted);
        first.Dispose();
        using var lease = await second;
        Assert.IsTrue(lease.IsAcquired);
    }
}
