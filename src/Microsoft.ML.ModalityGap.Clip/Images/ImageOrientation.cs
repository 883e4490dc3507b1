using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Finds the orientation in a JPEG, PNG or WebP file: that of EXIF, whichever of the types that Pillow follows it is written as, or, where EXIF has none, that of XMP.
/// </summary>
/// <remarks>IFD 0 of TIFF 6.0, tag 274; tiff:Orientation of XMP, part 2.</remarks>
internal static class ImageOrientation
{
    /// <summary>As stored is as seen.</summary>
    internal const int None = 1;

    private const int Last = 8;
    private const ushort OrientationTag = 0x0112;
    private const int EntryBytes = 12;

    /// <summary>1 to 8, as EXIF counts; 1 where the file says nothing, or nothing that is known.</summary>
    internal static int Read(ReadOnlySpan<byte> file)
    {
        var metadata = ImageMetadata.Read(file);
        return (ReadTiff(metadata.Exif) ?? ReadXmp(metadata.Xmp)) is >= None and <= Last and var orientation ? (int)orientation : None;
    }

    /// <summary>What EXIF says; <see langword="null"/> where it says nothing.</summary>
    private static long? ReadTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
            return null;
        var littleEndian = tiff[0] == 'I';
        var directory = ReadUInt32(tiff[4..], littleEndian);
        if (directory > tiff.Length - 2)
            return null;
        var entries = tiff[(int)directory..];
        int count = ReadUInt16(entries, littleEndian);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= EntryBytes; count--, entries = entries[EntryBytes..])
        {
            if (ReadUInt16(entries, littleEndian) == OrientationTag)
                return ReadValue(tiff, entries, littleEndian);
        }

        return null;
    }

    /// <summary>The first of one or several integers; 0 for anything else, bytes among them, which Pillow takes for a text.</summary>
    private static long ReadValue(ReadOnlySpan<byte> tiff, ReadOnlySpan<byte> entry, bool littleEndian)
    {
        const ushort Short = 3, Long = 4, SignedByte = 6, SignedShort = 8, SignedLong = 9;
        const int ValueAt = 8, ValueBytes = 4;
        var type = ReadUInt16(entry[2..], littleEndian);
        var size = type switch { SignedByte => 1, Short or SignedShort => sizeof(ushort), Long or SignedLong => sizeof(uint), _ => 0 };
        var length = size * (long)ReadUInt32(entry[4..], littleEndian);
        var value = entry[ValueAt..];
        if (length > ValueBytes)
        {
            // What is longer than its place stands elsewhere.
            var offset = ReadUInt32(value, littleEndian);
            if (offset > tiff.Length - length)
                return 0;
            value = tiff[(int)offset..];
        }

        return length == 0 ? 0 : size switch
        {
            1 => value[0],
            sizeof(ushort) => ReadUInt16(value, littleEndian),
            _ => ReadUInt32(value, littleEndian),
        };
    }

    /// <summary>The digit of tiff:Orientation as an attribute or an element; <see langword="null"/> where there is none.</summary>
    private static long? ReadXmp(ReadOnlySpan<byte> packet)
    {
        var name = "tiff:Orientation"u8;
        for (var at = packet.IndexOf(name); at >= 0; at = packet.IndexOf(name))
        {
            packet = packet[(at + name.Length)..];
            ReadOnlySpan<byte> value = packet.StartsWith("=\""u8) ? packet[2..] : packet.StartsWith(">"u8) ? packet[1..] : default;
            if (value is [>= (byte)'0' and <= (byte)'9' and var digit, ..])
                return digit - '0';
        }

        return null;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
