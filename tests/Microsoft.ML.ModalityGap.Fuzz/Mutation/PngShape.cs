using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A .png: a chunk is changed, dropped, doubled, moved, or its pixels unpacked, changed and packed again; its checksum is made anew.</summary>
internal sealed class PngShape : InputShape
{
    private const int SignatureLength = 8;

    private static readonly string[] _types = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "eXIf", "acTL", "fcTL", "fdAT", "gAMA", "iCCP", "sRGB", "tEXt", "iTXt", "zTXt"];

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var chunks = Read(parent);
        if (chunks.Count == 0)
            return ByteShape.Any.Mutate(parent, random);
        var chosen = random.Next(chunks.Count);
        var (type, content) = chunks[chosen];
        switch (random.Next(10))
        {
            case 0:
                chunks.RemoveAt(chosen);
                break;
            case 1:
                chunks.Insert(random.Next(chunks.Count + 1), (type, content));
                break;
            case 2:
                chunks[chosen] = (random.Pick(_types), content);
                break;
            case 3 when type == "IDAT":
                chunks[chosen] = (type, Pack(ByteShape.Any.Mutate(Unpack(content), random)));
                break;
            default:
                chunks[chosen] = (type, ByteShape.Any.Mutate(content, random));
                break;
        }

        return [.. parent.AsSpan(0, SignatureLength), .. chunks.SelectMany(chunk => Write(chunk.Type, chunk.Content))];
    }

    /// <summary>The chunks as far as they can be told apart.</summary>
    private static List<(string Type, byte[] Content)> Read(byte[] bytes)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = SignatureLength; at + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            if (length < 0 || length > bytes.Length - at - 12)
                break;
            chunks.Add((Encoding.Latin1.GetString(bytes, at + 4, 4), bytes[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        return chunks;
    }

    /// <summary>A chunk with its length and checksum.</summary>
    internal static byte[] Write(string type, byte[] content)
    {
        byte[] named = [.. Encoding.Latin1.GetBytes(type), .. content];
        var (length, checksum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc(named));
        return [.. length, .. named, .. checksum];
    }

    private static byte[] Unpack(byte[] content)
    {
        using var stream = new ZLibStream(new MemoryStream(content), CompressionMode.Decompress);
        var unpacked = new byte[1 << 16];
        try
        {
            return unpacked[..stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return content;
        }
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(content);
        return packed.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        foreach (var value in content)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return ~crc;
    }
}
