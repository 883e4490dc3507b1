using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Bytes of which nothing is known: bits, numbers of every width and order of bytes, floats, and pieces that are cut, doubled, moved.</summary>
internal sealed class ByteShape : InputShape
{
    private readonly bool _keepsLength;

    private ByteShape(bool keepsLength) => _keepsLength = keepsLength;

    internal static ByteShape Any { get; } = new(keepsLength: false);

    /// <summary>What stands in something else at a fixed place.</summary>
    internal static ByteShape OfTheSameLength { get; } = new(keepsLength: true);

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var bytes = (byte[])parent.Clone();
        for (var rounds = 1 + (random.Chance(0.6) ? 0 : random.Next(8)); rounds > 0; rounds--)
            bytes = _keepsLength || random.Chance(0.65) ? Overwrite(bytes, random) : Reshape(bytes, random);
        return bytes;
    }

    private static byte[] Overwrite(byte[] bytes, FuzzRandom random)
    {
        if (bytes.Length == 0)
            return bytes;
        var place = bytes.AsSpan(random.NextPlace(bytes.Length));
        switch (random.Next(9))
        {
            case 0:
                place[0] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                place[0] = (byte)random.NextNumber();
                break;
            case 2 when place.Length >= 2:
                BinaryPrimitives.WriteInt16LittleEndian(place, unchecked((short)random.NextNumber()));
                break;
            case 3 when place.Length >= 4:
                BinaryPrimitives.WriteInt32LittleEndian(place, unchecked((int)random.NextNumber()));
                break;
            case 4 when place.Length >= 4:
                BinaryPrimitives.WriteInt32BigEndian(place, unchecked((int)random.NextNumber()));
                break;
            case 5 when place.Length >= 8:
                BinaryPrimitives.WriteInt64LittleEndian(place, random.NextNumber());
                break;
            case 6 when place.Length >= 4:
                BinaryPrimitives.WriteSingleLittleEndian(place, random.NextFloat());
                break;
            case 7 when place.Length >= 8:
                BinaryPrimitives.WriteDoubleLittleEndian(place, random.NextFloat());
                break;
            default:
                random.Fill(place[..Math.Min(place.Length, 1 + random.Next(16))]);
                break;
        }

        return bytes;
    }

    private static byte[] Reshape(byte[] bytes, FuzzRandom random)
    {
        var start = random.NextPlace(bytes.Length + 1);
        var length = Math.Min(bytes.Length - start, 1 + random.Next(random.Chance(0.5) ? 16 : 512));
        switch (random.Next(6))
        {
            case 0:
                return bytes[..start];
            case 1:
                return [.. bytes[..start], .. bytes[(start + length)..]];
            case 2:
                return [.. bytes[..(start + length)], .. bytes[start..]];
            case 3:
                var drawn = new byte[1 + random.Next(64)];
                random.Fill(drawn);
                return [.. bytes[..start], .. drawn, .. bytes[start..]];
            case 4:
                return [.. bytes, .. new byte[1 + random.Next(64)]];
            default:
                var target = random.NextPlace(bytes.Length - length + 1);
                bytes.AsSpan(start, length).CopyTo(bytes.AsSpan(target));
                return bytes;
        }
    }
}
