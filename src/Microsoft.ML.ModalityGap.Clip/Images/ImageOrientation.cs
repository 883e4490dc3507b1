using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Finds the EXIF orientation in a JPEG, PNG or WebP file, where the container holds it and whichever of the types that Pillow follows it is written as. Broken metadata is as good as none: it is no reason to
/// refuse pictures.
/// </summary>
/// <remarks>Where they are: APP1 of JPEG (ITU T.81, EXIF 2.3), the chunk eXIf of PNG (PNG 3rd edition), the chunk EXIF of WebP (RFC 9649); inside, IFD 0 of TIFF 6.0, tag 274.</remarks>
internal static class ImageOrientation
{
    /// <summary>As stored is as seen.</summary>
    internal const int None = 1;

    private const int Last = 8;
    private const ushort OrientationTag = 0x0112;
    private const int EntryBytes = 12;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> ExifPrefix => "Exif\0\0"u8;

    /// <summary>1 to 8, as EXIF counts; 1 where the file says nothing, or nothing that is known.</summary>
    internal static int Read(ReadOnlySpan<byte> file)
    {
        var exif = file switch
        {
            [0xFF, 0xD8, ..] => FindInJpeg(file),
            _ when file.StartsWith(PngSignature) => FindInPng(file),
            _ when file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) => FindInWebP(file),
            _ => default,
        };

        // Writers of PNG and WebP disagree on whether JPEG's prefix belongs there.
        if (exif.StartsWith(ExifPrefix))
            exif = exif[ExifPrefix.Length..];
        return ReadTiff(exif);
    }

    private static ReadOnlySpan<byte> FindInJpeg(ReadOnlySpan<byte> file)
    {
        const byte StartOfScan = 0xDA, EndOfImage = 0xD9, App1 = 0xE1, Temporary = 0x01, FirstRestart = 0xD0, StartOfImage = 0xD8;
        for (var at = 2; at + 4 <= file.Length;)
        {
            if (file[at] != 0xFF)
                return default;
            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++; // a fill byte
                continue;
            }

            if (marker is StartOfScan or EndOfImage)
                return default;
            if (marker is Temporary or (>= FirstRestart and <= StartOfImage))
            {
                at += 2; // markers without a segment
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
                return default;
            var content = file.Slice(at + 4, length - 2);
            if (marker == App1 && content.StartsWith(ExifPrefix))
                return content;
            at += 2 + length;
        }

        return default;
    }

    private static ReadOnlySpan<byte> FindInPng(ReadOnlySpan<byte> file)
    {
        // The chunk may stand behind the pixels, too.
        for (long at = PngSignature.Length; at + 12 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12)
                return default;
            if (chunk[4..].StartsWith("eXIf"u8))
                return chunk.Slice(8, (int)length);
            at += 12 + length;
        }

        return default;
    }

    private static ReadOnlySpan<byte> FindInWebP(ReadOnlySpan<byte> file)
    {
        for (long at = 12; at + 8 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - 8)
                return default;
            if (chunk.StartsWith("EXIF"u8))
                return chunk.Slice(8, (int)length);
            at += 8 + length + (length & 1);
        }

        return default;
    }

    private static int ReadTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
            return None;
        var littleEndian = tiff[0] == 'I';
        var directory = ReadUInt32(tiff[4..], littleEndian);
        if (directory > tiff.Length - 2)
            return None;
        var entries = tiff[(int)directory..];
        int count = ReadUInt16(entries, littleEndian);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= EntryBytes; count--, entries = entries[EntryBytes..])
        {
            if (ReadUInt16(entries, littleEndian) == OrientationTag)
                return ReadValue(entries, littleEndian) is >= None and <= Last and var orientation ? (int)orientation : None;
        }

        return None;
    }

    /// <summary>A single integer; 0 for anything else, bytes among them, which Pillow takes for a text.</summary>
    private static long ReadValue(ReadOnlySpan<byte> entry, bool littleEndian)
    {
        const ushort Short = 3, Long = 4, SignedByte = 6, SignedShort = 8, SignedLong = 9;
        if (ReadUInt32(entry[4..], littleEndian) != 1)
            return 0;
        var value = entry[8..];
        return ReadUInt16(entry[2..], littleEndian) switch
        {
            SignedByte => value[0],
            Short or SignedShort => ReadUInt16(value, littleEndian),
            Long or SignedLong => ReadUInt32(value, littleEndian),
            _ => 0,
        };
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
