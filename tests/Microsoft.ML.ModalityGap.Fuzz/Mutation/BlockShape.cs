using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>
/// What this library stores: blocks of a signature of four letters, a version, an int64 length, the content, and SHA-256 of all that. The content of one is changed, and its length and checksum are made anew.
/// </summary>
/// <param name="keepsLength">For blocks inside something that knows where they end; what holds none is left as it is.</param>
internal sealed class BlockShape(bool keepsLength = false) : InputShape
{
    private const int HeaderLength = 4 + 1 + sizeof(long);

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var blocks = Find(parent);
        if (blocks.Count == 0)
            return keepsLength ? parent : ByteShape.Any.Mutate(parent, random);
        var (start, length) = random.Pick(blocks);
        var content = parent.AsSpan(start + HeaderLength, length).ToArray();
        content = (keepsLength ? ByteShape.OfTheSameLength : ByteShape.Any).Mutate(content, random);
        byte[] header = [.. parent.AsSpan(start, 5), .. new byte[sizeof(long)]];
        if (random.Chance(0.03))
            header[4] = (byte)random.Next(6);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(5), content.Length);
        byte[] block = [.. header, .. content];
        return [.. parent.AsSpan(0, start), .. block, .. SHA256.HashData(block), .. parent.AsSpan(start + HeaderLength + length + SHA256.HashSizeInBytes)];
    }

    /// <summary>The blocks whose checksum is right: where each begins, and how long its content is.</summary>
    internal static List<(int Start, int Length)> Find(byte[] bytes)
    {
        var found = new List<(int, int)>();
        for (var start = 0; start + HeaderLength + SHA256.HashSizeInBytes <= bytes.Length; start++)
        {
            var header = bytes.AsSpan(start, HeaderLength);
            if (header[..4].ContainsAnyExceptInRange((byte)'A', (byte)'Z') || header[4] is 0 or > 20)
                continue;
            var length = BinaryPrimitives.ReadInt64LittleEndian(header[5..]);
            if (length < 0 || length > bytes.Length - start - HeaderLength - SHA256.HashSizeInBytes)
                continue;
            var end = start + HeaderLength + (int)length;
            if (!bytes.AsSpan(end, SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(bytes.AsSpan(start, end - start))))
                continue;
            found.Add((start, (int)length));
            start = end + SHA256.HashSizeInBytes - 1;
        }

        return found;
    }
}
