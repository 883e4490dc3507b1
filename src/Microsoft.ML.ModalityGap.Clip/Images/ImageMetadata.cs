using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>The EXIF block and the XMP packet of a JPEG, PNG or WebP file, where its container holds them. Broken metadata is as good as none: it is no reason to refuse pictures.</summary>
/// <remarks>
/// Where they are: APP1 of JPEG (ITU T.81, EXIF 2.3; XMP, part 3), the chunk eXIf of PNG (PNG 3rd edition), or, as ImageMagick wrote it before there was one, a text chunk "Raw profile type exif" in
/// hexadecimal, the text chunk "XML:com.adobe.xmp", and the chunks EXIF and "XMP " of WebP (RFC 9649).
/// </remarks>
internal ref struct ImageMetadata
{
    // Compressed text beyond this is no metadata of a picture.
    private const int LargestText = 1 << 20;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> ExifPrefix => "Exif\0\0"u8;

    /// <summary>A TIFF file, without prefix; empty where there is none.</summary>
    internal ReadOnlySpan<byte> Exif { get; private set; }

    /// <summary>An XML document; empty where there is none.</summary>
    internal ReadOnlySpan<byte> Xmp { get; private set; }

    internal static ImageMetadata Read(ReadOnlySpan<byte> file)
    {
        var metadata = file switch
        {
            [0xFF, 0xD8, ..] => ReadJpeg(file),
            _ when file.StartsWith(PngSignature) => ReadPng(file),
            _ when file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) => ReadWebP(file),
            _ => default,
        };

        // Writers of PNG and WebP disagree on whether JPEG's prefix belongs there.
        if (metadata.Exif.StartsWith(ExifPrefix))
            metadata.Exif = metadata.Exif[ExifPrefix.Length..];
        return metadata;
    }

    private static ImageMetadata ReadJpeg(ReadOnlySpan<byte> file)
    {
        const byte StartOfScan = 0xDA, EndOfImage = 0xD9, App1 = 0xE1, Temporary = 0x01, FirstRestart = 0xD0, StartOfImage = 0xD8;
        var xmpPrefix = "http://ns.adobe.com/xap/1.0/\0"u8;
        var metadata = default(ImageMetadata);
        for (var at = 2; at + 4 <= file.Length && file[at] == 0xFF;)
        {
            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++; // a fill byte
                continue;
            }

            if (marker is StartOfScan or EndOfImage)
                break;
            if (marker is Temporary or (>= FirstRestart and <= StartOfImage))
            {
                at += 2; // markers without a segment
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
                break;
            var content = file.Slice(at + 4, length - 2);
            if (marker == App1 && metadata.Exif.IsEmpty && content.StartsWith(ExifPrefix))
                metadata.Exif = content;
            if (marker == App1 && metadata.Xmp.IsEmpty && content.StartsWith(xmpPrefix))
                metadata.Xmp = content[xmpPrefix.Length..];
            at += 2 + length;
        }

        return metadata;
    }

    private static ImageMetadata ReadPng(ReadOnlySpan<byte> file)
    {
        // The chunks may stand behind the pixels, too. Of several the last counts, as for Pillow.
        var metadata = default(ImageMetadata);
        ReadOnlySpan<byte> profile = default;
        for (long at = PngSignature.Length; at + 12 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12)
                break;
            var content = chunk.Slice(8, (int)length);
            if (chunk[4..].StartsWith("eXIf"u8))
                metadata.Exif = content;
            else if (TakeText(chunk.Slice(4, 4), content, "Raw profile type exif"u8) is { IsEmpty: false } hexadecimal)
                profile = ReadProfile(hexadecimal);
            else if (TakeText(chunk.Slice(4, 4), content, "XML:com.adobe.xmp"u8) is { IsEmpty: false } packet)
                metadata.Xmp = packet;
            at += 12 + length;
        }

        if (metadata.Exif.IsEmpty)
            metadata.Exif = profile;
        return metadata;
    }

    private static ImageMetadata ReadWebP(ReadOnlySpan<byte> file)
    {
        var metadata = default(ImageMetadata);
        for (long at = 12; at + 8 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - 8)
                break;
            if (chunk.StartsWith("EXIF"u8) && metadata.Exif.IsEmpty)
                metadata.Exif = chunk.Slice(8, (int)length);
            if (chunk.StartsWith("XMP "u8) && metadata.Xmp.IsEmpty)
                metadata.Xmp = chunk.Slice(8, (int)length);
            at += 8 + length + (length & 1);
        }

        return metadata;
    }

    /// <summary>The text of a chunk tEXt, zTXt or iTXt with a keyword; empty for any other.</summary>
    private static ReadOnlySpan<byte> TakeText(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content, ReadOnlySpan<byte> keyword)
    {
        if (content.Length <= keyword.Length + 1 || !content.StartsWith(keyword) || content[keyword.Length] != 0)
            return default;
        content = content[(keyword.Length + 1)..];
        if (type.SequenceEqual("tEXt"u8))
            return content;
        if (type.SequenceEqual("zTXt"u8))
            return Inflate(content[1..]);
        if (!type.SequenceEqual("iTXt"u8) || content.Length < 2)
            return default;

        // Flag and method of compression, language, translated keyword, text.
        var isCompressed = content[0] != 0;
        content = content[2..];
        for (var part = 0; part < 2; part++)
        {
            var end = content.IndexOf((byte)0);
            if (end < 0)
                return default;
            content = content[(end + 1)..];
        }

        return isCompressed ? Inflate(content) : content;
    }

    private static ReadOnlySpan<byte> Inflate(ReadOnlySpan<byte> compressed)
    {
        using var stream = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        var text = new byte[LargestText];
        try
        {
            return text.AsSpan(0, stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false));
        }
        catch (InvalidDataException)
        {
            return default;
        }
    }

    /// <summary>A profile in hexadecimal behind lines with its name and its length.</summary>
    private static ReadOnlySpan<byte> ReadProfile(ReadOnlySpan<byte> text)
    {
        // An empty line, the name, the length.
        for (var line = 0; line < 3; line++)
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0)
                return default;
            text = text[(end + 1)..];
        }

        var digits = Encoding.Latin1.GetString(text).Replace("\n", "", StringComparison.Ordinal).Trim();
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : default;
    }
}
