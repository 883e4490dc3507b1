namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Damaged copies of a stored file: cut at every 64th byte, and with flipped bytes.</summary>
internal static class Damage
{
    /// <summary>The file cut at every <paramref name="step"/>th byte, the empty file included, the whole file not.</summary>
    public static IEnumerable<(string What, byte[] Content)> Cut(byte[] content, int step = 64)
    {
        for (var length = 0; length < content.Length; length += step)
            yield return ($"cut after {length} of {content.Length} bytes", content[..length]);
    }

    /// <summary>The file with one byte changed, at every <paramref name="step"/>th place: all bits, then the lowest and the highest alone.</summary>
    public static IEnumerable<(string What, byte[] Content)> Flip(byte[] content, int step = 1)
    {
        for (var i = 0; i < content.Length; i += step)
        {
            foreach (var mask in new byte[] { 0xFF, 0x01, 0x80 })
            {
                var damaged = content.ToArray();
                damaged[i] ^= mask;
                yield return ($"byte {i} of {content.Length} changed by {mask:X2}", damaged);
            }
        }
    }

    /// <summary>
    /// Whether loading ended in an exception that says something. It must end soon and ask for little memory; a hang fails by the test's timeout.
    /// </summary>
    public static bool IsRefused(byte[] content, Action<Stream> load, string what, long allowedBytes = 64 << 20)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var stream = new MemoryStream(content);
            load(stream);
            return false;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or NullReferenceException or IndexOutOfRangeException or InvalidCastException))
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(exception.Message), what);
            return true;
        }
        finally
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.IsLessThan(allowedBytes, allocated, $"{what}: {allocated} bytes were allocated.");
        }
    }
}
