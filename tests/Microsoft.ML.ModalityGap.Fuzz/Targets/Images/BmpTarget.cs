using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.bmp, and what is no image: TIFF, icons, and text.</summary>
internal sealed class BmpTarget : ImageTarget
{
    internal override string Name => "bmp";

    internal override InputShape Shape => ByteShape.Any;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [Create(24), Create(32)];

    private static byte[] Create(int bits)
    {
        const int Width = 5, Height = 4, Header = 54;
        var stride = ((Width * bits / 8) + 3) / 4 * 4;
        var bytes = new byte[Header + (stride * Height)];
        new Random(bits).NextBytes(bytes.AsSpan(Header));
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), Width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), Height);
        (bytes[26], bytes[28]) = (1, (byte)bits);
        return bytes;
    }
}
