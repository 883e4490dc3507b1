using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Files whose description stands at the end, behind it its length and four letters: Parquet, Arrow. Description or content is changed, the length is made anew.</summary>
/// <param name="magicLength">How many letters there are at the end.</param>
internal sealed class TailShape(int magicLength) : InputShape
{
    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var tail = sizeof(int) + magicLength;
        if (parent.Length < tail || BinaryPrimitives.ReadInt32LittleEndian(parent.AsSpan(parent.Length - tail)) is var length && (length < 0 || length > parent.Length - tail))
            return ByteShape.Any.Mutate(parent, random);
        var start = parent.Length - tail - length;
        var (content, footer) = (parent[..start], parent[start..(start + length)]);
        if (random.Chance(0.6))
            footer = ByteShape.Any.Mutate(footer, random);
        else
            content = ByteShape.OfTheSameLength.Mutate(content, random);
        var stated = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(stated, footer.Length);
        return [.. content, .. footer, .. stated, .. parent[^magicLength..]];
    }
}
