using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rearranges and restores pixels of four bytes, the fourth of which is alpha.</summary>
internal static class PixelLayout
{
    private const int AlphaIndex = 3;

    /// <summary>Turns and mirrors an image as its EXIF orientation says. From 5 on, width and height change places.</summary>
    /// <param name="source">The pixels as they are stored, rows without gaps.</param>
    /// <param name="width">The stored width.</param>
    /// <param name="height">The stored height.</param>
    /// <param name="orientation">1 to 8, as EXIF counts.</param>
    /// <param name="destination">The pixels as they are to be seen.</param>
    internal static void Orient(ReadOnlySpan<uint> source, int width, int height, int orientation, Span<uint> destination)
    {
        var (right, down) = (1, width);
        var (lastColumn, lastRow) = (width - 1, (height - 1) * width);

        // Where the first pixel comes from, and how the source moves with a step to the right and a step down.
        var (first, stepX, stepY) = orientation switch
        {
            2 => (lastColumn, -right, down),
            3 => (lastColumn + lastRow, -right, -down),
            4 => (lastRow, right, -down),
            5 => (0, down, right),
            6 => (lastRow, -down, right),
            7 => (lastColumn + lastRow, -down, -right),
            8 => (lastColumn, down, -right),
            _ => (0, right, down),
        };

        var seenWidth = orientation >= 5 ? height : width;
        for (var begin = 0; begin < destination.Length; begin += seenWidth, first += stepY)
        {
            var index = first;
            for (var x = 0; x < seenWidth; x++, index += stepX)
                destination[begin + x] = source[index];
        }
    }

    /// <summary>Whether every pixel is opaque.</summary>
    internal static bool IsOpaque(ReadOnlySpan<byte> pixels)
    {
        var words = MemoryMarshal.Cast<byte, uint>(pixels);
        var all = Vector<uint>.AllBitsSet;
        var i = 0;
        for (; i <= words.Length - Vector<uint>.Count; i += Vector<uint>.Count)
            all &= new Vector<uint>(words[i..]);
        var rest = uint.MaxValue;
        for (; i < words.Length; i++)
            rest &= words[i];
        for (var lane = 0; lane < Vector<uint>.Count; lane++)
            rest &= all[lane];
        return MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in rest))[AlphaIndex] == byte.MaxValue;
    }

    /// <summary>Divides the three colours by alpha, rounded to the nearest. Where alpha is 0 they are lost, and stay 0.</summary>
    internal static void Unpremultiply(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (var i = 0; i < source.Length; i += 4)
        {
            int alpha = source[i + AlphaIndex];
            for (var channel = i; channel < i + AlphaIndex; channel++)
                destination[channel] = alpha == 0 ? (byte)0 : (byte)Math.Min((source[channel] * 255 + alpha / 2) / alpha, 255);
            destination[i + AlphaIndex] = (byte)alpha;
        }
    }
}
