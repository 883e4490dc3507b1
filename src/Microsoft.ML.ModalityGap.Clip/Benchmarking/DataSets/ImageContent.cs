using System.Security.Cryptography;

namespace Microsoft.ML.ModalityGap;

/// <summary>The content of an image file, wherever it lies; read when it is encoded.</summary>
internal abstract class ImageContent
{
    /// <summary>Where it lies, and the length and time of writing of the file there: while these are the same, so is the content.</summary>
    /// <exception cref="FileNotFoundException">The file is gone.</exception>
    internal abstract string Stamp { get; }

    /// <exception cref="IOException">It cannot be read.</exception>
    internal abstract byte[] Read();

    /// <summary>What a content is known by, wherever it lies.</summary>
    internal static string GetChecksum(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>A file.</summary>
    internal static ImageContent OfFile(string path) => new InFile(path);

    /// <summary>A part of a file, such as a member of an archive.</summary>
    internal static ImageContent OfRange(string path, long offset, long length) => new InRange(path, offset, length);

    /// <summary>Bytes made when they are asked for out of a part of a file.</summary>
    internal static ImageContent OfRange(string path, long offset, long length, Func<byte[], byte[]> convert) => new InRange(path, offset, length, convert);

    private sealed class InFile(string path) : ImageContent
    {
        internal override string Stamp => $"{path}|{FileStamp.Get(path)}";

        internal override byte[] Read() => ImageFile.Read(path);
    }

    private sealed class InRange(string path, long offset, long length, Func<byte[], byte[]>? convert = null) : ImageContent
    {
        internal override string Stamp => $"{path}|{FileStamp.Get(path)}|{offset}|{length}";

        internal override byte[] Read()
        {
            var content = new byte[length];
            using var stream = InputFile.OpenRead(path);
            stream.Position = offset;
            stream.ReadExactly(content);
            return convert is null ? content : convert(content);
        }
    }
}
