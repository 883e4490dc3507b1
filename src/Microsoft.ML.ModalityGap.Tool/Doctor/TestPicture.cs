using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A picture made up to try an encoder with: a bitmap of a gradient with a disc on it, or its negative.</summary>
internal static class TestPicture
{
    private const int Width = 96, Height = 64, HeaderBytes = 54, PixelBytes = 3;

    internal static byte[] Create(bool isInverted)
    {
        var file = new byte[HeaderBytes + (Width * Height * PixelBytes)]; // a row is a multiple of four bytes, as it must be
        "BM"u8.CopyTo(file);
        Write(2, file.Length);
        Write(10, HeaderBytes);
        Write(14, 40);
        Write(18, Width);
        Write(22, Height);
        Write(26, 1 | ((8 * PixelBytes) << 16));
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var isInDisc = ((x - (Width / 3)) * (x - (Width / 3))) + ((y - (Height / 2)) * (y - (Height / 2))) < Height * Height / 9;
                Span<byte> color = isInDisc ? [40, 30, 220] : [(byte)(255 * x / Width), (byte)(255 * y / Height), 128];
                for (var channel = 0; channel < PixelBytes; channel++)
                    file[HeaderBytes + (((y * Width) + x) * PixelBytes) + channel] = isInverted ? (byte)(255 - color[channel]) : color[channel];
            }
        }

        return file;

        void Write(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
    }
}
