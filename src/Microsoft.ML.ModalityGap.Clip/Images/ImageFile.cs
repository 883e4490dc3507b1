namespace Microsoft.ML.ModalityGap;

/// <summary>Reads image files as they lie on the disk, from anyone.</summary>
internal static class ImageFile
{
    // So long a file is asked what it is before it is read.
    private const int LongFile = 1 << 20;

    /// <summary>The content of a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It does not fit into memory at once, or is long and begins as no image does. The message names it.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    internal static byte[] Read(string path)
    {
        byte[] buffer = [];
        try
        {
            return Read(path, ref buffer) is var content && content.Length == buffer.Length ? buffer : content.ToArray();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The image '{path}' cannot be used: {exception.Message}.", exception);
        }
    }

    /// <summary>The content of a file, in a buffer that is made larger where it has to be.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It does not fit into memory at once, or is long and begins as no image does. The message is a clause about "it".</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    internal static ReadOnlySpan<byte> Read(string path, ref byte[] buffer)
    {
        using var file = InputFile.OpenHandle(path, FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        if (length > Array.MaxLength)
            throw new InvalidDataException($"its file has {length} bytes, more than fit into memory at once");

        // A file that is one great hole costs its maker nothing.
        Span<byte> start = stackalloc byte[4];
        if (length > LongFile && RandomAccess.Read(file, start, 0) == start.Length && !start.ContainsAnyExcept((byte)0))
            throw new InvalidDataException($"its {length} bytes are no image of a known format (JPEG, PNG, WebP, GIF, BMP)");
        if (buffer.Length < length)
            buffer = GC.AllocateUninitializedArray<byte>((int)length);

        var filled = 0;
        while (filled < length && RandomAccess.Read(file, buffer.AsSpan(filled, (int)length - filled), filled) is var read and > 0)
            filled += read;
        return buffer.AsSpan(0, filled);
    }
}
