namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>A GIF of one frame, written by hand since Skia writes none, with the picture it stands for by the rule that Pillow follows.</summary>
internal sealed record TestGif
{
    public required (int Width, int Height) Canvas { get; init; }

    public required (int X, int Y, int Width, int Height) Frame { get; init; }

    /// <summary>The colour numbers of the frame, row by row.</summary>
    public required byte[] Indices { get; init; }

    /// <summary>Red, green, blue of 2, 4 or 8 colours; <see langword="null"/> for none.</summary>
    public byte[]? GlobalPalette { get; init; }

    public byte[]? LocalPalette { get; init; }

    public byte? Transparent { get; init; }

    public bool Interlaced { get; init; }

    public int Disposal { get; init; }

    public byte Background { get; init; }

    private byte[] Palette => LocalPalette ?? GlobalPalette ?? [];

    public static TestGif CreateRandom(Random random)
    {
        var (width, height) = (random.Next(1, 20), random.Next(1, 20));
        var whole = random.Next(3) == 0;
        var (frameWidth, frameHeight) = whole ? (width, height) : (random.Next(1, width + 1), random.Next(1, height + 1));
        var gif = new TestGif
        {
            Canvas = (width, height),
            Frame = (random.Next(width - frameWidth + 1), random.Next(height - frameHeight + 1), frameWidth, frameHeight),
            Indices = new byte[frameWidth * frameHeight],
            GlobalPalette = random.Next(5) == 0 ? null : CreatePalette(random),
            LocalPalette = random.Next(2) == 0 ? null : CreatePalette(random),
            Transparent = random.Next(3) == 0 ? null : (byte)random.Next(8),
            Interlaced = random.Next(2) == 0,
            Disposal = random.Next(4),
            Background = (byte)random.Next(8),
        };
        for (var i = 0; i < gif.Indices.Length; i++)
            gif.Indices[i] = gif.Transparent is { } transparent && random.Next(2) == 0 ? transparent : (byte)random.Next(8);
        return gif;
    }

    /// <summary>The colours: the canvas in that of the transparent number, or else of number 0, the frame on it; a number without a colour is a grey.</summary>
    public byte[] ToRgb()
    {
        var rgb = new byte[Canvas.Width * Canvas.Height * 3];
        for (var y = 0; y < Canvas.Height; y++)
        {
            for (var x = 0; x < Canvas.Width; x++)
            {
                var (column, row) = (x - Frame.X, y - Frame.Y);
                var isInside = column >= 0 && column < Frame.Width && row >= 0 && row < Frame.Height;
                int index = isInside ? Indices[(row * Frame.Width) + column] : Transparent ?? 0;
                for (var channel = 0; channel < 3; channel++)
                    rgb[(((y * Canvas.Width) + x) * 3) + channel] = (index * 3) + channel < Palette.Length ? Palette[(index * 3) + channel] : (byte)index;
            }
        }

        return rgb;
    }

    public byte[] ToFile()
    {
        using var file = new MemoryStream();
        file.Write("GIF89a"u8);
        file.Write([.. Word(Canvas.Width), .. Word(Canvas.Height), PaletteFlags(GlobalPalette), Background, 0, .. GlobalPalette ?? []]);
        file.Write([0x21, 0xFE, 3, 1, 2, 3, 0]); // a comment
        file.Write([0x21, 0xF9, 4, (byte)((Disposal << 2) | (Transparent is null ? 0 : 1)), 5, 0, Transparent ?? 1, 0]);
        file.Write([0x2C, .. Word(Frame.X), .. Word(Frame.Y), .. Word(Frame.Width), .. Word(Frame.Height)]);
        file.Write([(byte)(PaletteFlags(LocalPalette) | (Interlaced ? 0x40 : 0)), .. LocalPalette ?? []]);
        file.Write(Pack(OrderRows()));
        file.WriteByte(0x3B);
        return file.ToArray();
    }

    private static byte[] CreatePalette(Random random)
    {
        var palette = new byte[3 << random.Next(1, 4)];
        random.NextBytes(palette);
        return palette;
    }

    private static byte[] Word(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte PaletteFlags(byte[]? palette) => palette is null ? (byte)0 : (byte)(0x80 | (int.Log2(palette.Length / 3) - 1));

    private IEnumerable<byte> OrderRows()
    {
        var rows = Enumerable.Range(0, Frame.Height);
        if (Interlaced)
        {
            rows = rows.Where(row => row % 8 == 0).Concat(rows.Where(row => row % 8 == 4)).Concat(rows.Where(row => row % 4 == 2)).Concat(rows.Where(row => row % 2 == 1));
        }

        return rows.SelectMany(row => Indices.Skip(row * Frame.Width).Take(Frame.Width));
    }

    /// <summary>LZW of codes of four bits, cleared before every sixth so that they never grow.</summary>
    private static byte[] Pack(IEnumerable<byte> indices)
    {
        const int Clear = 8, End = 9, Run = 6;
        var codes = new List<int>();
        var count = 0;
        foreach (var index in indices)
        {
            if (count++ % Run == 0)
                codes.Add(Clear);
            codes.Add(index);
        }

        codes.Add(End);
        if (codes.Count % 2 == 1)
            codes.Add(0);
        byte[] packed = [.. codes.Chunk(2).Select(pair => (byte)(pair[0] | (pair[1] << 4)))];
        return [3, .. packed.Chunk(255).SelectMany(block => (byte[])[(byte)block.Length, .. block]), 0];
    }
}
