using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>Images made for tests: pixels, and files of them.</summary>
internal static class TestImages
{
    /// <summary>Random pixels of four bytes each, extreme values among them, so that filters overshoot.</summary>
    public static byte[] CreatePixels(int width, int height, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height * 4];
        random.NextBytes(pixels);
        for (var i = 0; i < pixels.Length; i++)
        {
            if (random.Next(3) == 0)
                pixels[i] = random.Next(2) == 0 ? byte.MinValue : byte.MaxValue;
        }

        return pixels;
    }

    public static byte[] CreateOpaquePixels(int width, int height, int seed)
    {
        var pixels = CreatePixels(width, height, seed);
        for (var i = 3; i < pixels.Length; i += 4)
            pixels[i] = byte.MaxValue;
        return pixels;
    }

    /// <summary>A file of RGBA pixels, their colours not multiplied by alpha.</summary>
    public static unsafe byte[] Encode(byte[] pixels, int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int quality = 100)
    {
        fixed (byte* address = pixels)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)address);
            using var data = pixmap.Encode(format, quality);
            return data!.ToArray();
        }
    }

    /// <summary>A PNG with one grey channel.</summary>
    public static unsafe byte[] EncodeGrey(byte[] pixels, int width, int height)
    {
        fixed (byte* address = pixels)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)address);
            using var data = pixmap.Encode(SKEncodedImageFormat.Png, 100);
            return data!.ToArray();
        }
    }

    /// <summary>A PNG of colour indices with a palette of RGB and, with alpha, a transparency chunk: written by hand, since Skia writes none.</summary>
    public static byte[] EncodePalette(byte[] indices, int width, int height, byte[] palette, byte[]? alpha = null)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(file, "IHDR", [.. BigEndian(width), .. BigEndian(height), 8, 3, 0, 0, 0]);
        WriteChunk(file, "PLTE", palette);
        if (alpha is not null)
            WriteChunk(file, "tRNS", alpha);
        using var compressed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var row in indices.Chunk(width))
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        }

        WriteChunk(file, "IDAT", compressed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A PNG of any depth and colour type, its rows as they lie in the file, each behind the number of its filter.</summary>
    public static byte[] EncodePng(int width, int height, byte depth, byte colorType, byte[] rows, byte[]? transparent = null, bool isInterlaced = false)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        WriteChunk(file, "IHDR", [.. BigEndian(width), .. BigEndian(height), depth, colorType, 0, 0, (byte)(isInterlaced ? 1 : 0)]);
        if (transparent is not null)
            WriteChunk(file, "tRNS", transparent);
        using var compressed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(rows);
        WriteChunk(file, "IDAT", compressed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A PNG of nothing but a header, which promises a size.</summary>
    public static byte[] EncodeHeader(int width, int height)
    {
        var file = EncodePalette(new byte[4], 2, 2, [0, 0, 0]);
        BigEndian(width).CopyTo(file, 16);
        BigEndian(height).CopyTo(file, 20);
        BigEndian((int)Crc(file.AsSpan(12, 17))).CopyTo(file, 29);
        return file;
    }

    /// <summary>A JPEG with an EXIF segment that states an orientation.</summary>
    public static byte[] AddOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
            0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
            0, 0, 0, 0,
        ];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg.AsSpan(2)];
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>A chunk of PNG.</summary>
    public static byte[] CreateChunk(string name, byte[] content)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(name), .. content];
        return [.. BigEndian(content.Length), .. named, .. BigEndian((int)Crc(named))];
    }

    private static void WriteChunk(MemoryStream file, string name, byte[] content) => file.Write(CreateChunk(name, content));

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
