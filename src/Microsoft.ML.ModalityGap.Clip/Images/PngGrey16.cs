using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// 16-bit grey PNGs as Pillow's <c>convert("RGB")</c> makes them: a value above 255 is white. Decoders to RGBA keep the upper byte only, so the file is handed to them as one of 8 bits of grey and
/// 8 of alpha, whose pixels lie as these do, byte by byte and under the same filters; then both bytes of each value come out.
/// </summary>
/// <remarks>The layout is that of the PNG specification (W3C, second edition).</remarks>
internal static class PngGrey16
{
    private const int SignatureBytes = 8;
    private const int ChunkBytes = 12; // length, name and check, around the content
    private const int HeaderContentBytes = 13;
    private const int DepthAt = SignatureBytes + 16;
    private const int ColorTypeAt = DepthAt + 1;
    private const int CheckedFrom = SignatureBytes + 4;
    private const int CheckAt = CheckedFrom + 4 + HeaderContentBytes;
    private const byte Grey = 0, GreyAlpha = 4;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool Is(ReadOnlySpan<byte> file) =>
        file.Length > SignatureBytes + HeaderContentBytes + ChunkBytes && file.StartsWith(Signature)
        && file[CheckedFrom..].StartsWith("IHDR"u8) && file[DepthAt] == 16 && file[ColorTypeAt] == Grey;

    /// <summary>The file as one of grey and alpha: upper and lower byte.</summary>
    internal static byte[] AsGreyAlpha(ReadOnlySpan<byte> file)
    {
        var result = new byte[file.Length];
        var length = SignatureBytes;
        file[..length].CopyTo(result);
        var source = file[length..];

        // What is said of grey values alone, such as which one is transparent, has no place beside alpha.
        while (source.Length >= ChunkBytes && !source[4..].StartsWith("IDAT"u8))
        {
            var chunk = (int)Math.Min((uint)source.Length, ChunkBytes + BinaryPrimitives.ReadUInt32BigEndian(source));
            if (chunk < ChunkBytes)
                break;
            if (!source[4..].StartsWith("tRNS"u8) && !source[4..].StartsWith("sBIT"u8))
            {
                source[..chunk].CopyTo(result.AsSpan(length));
                length += chunk;
            }

            source = source[chunk..];
        }

        source.CopyTo(result.AsSpan(length));
        (result[DepthAt], result[ColorTypeAt]) = (8, GreyAlpha);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(CheckAt), Crc32.Of(result.AsSpan(CheckedFrom, 4 + HeaderContentBytes)));
        return result[..(length + source.Length)];
    }

    /// <summary>Makes RGBA pixels whose alpha is the lower byte grey ones: white where the upper byte holds anything, else what the lower one says.</summary>
    internal static void Clip(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var value = pixels[i] != 0 ? byte.MaxValue : pixels[i + 3];
            (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (value, value, value, byte.MaxValue);
        }
    }
}
