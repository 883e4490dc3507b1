using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What of a GIF's first frame a decoder to RGBA leaves out: the colour of transparent pixels, which in the file have one of the palette, and of what the frame leaves free of the canvas; and colours
/// beyond the palette. With them a picture is what Pillow's <c>convert("RGB")</c> makes of it: the canvas is filled with the transparent index, or else with index 0, before the frame is drawn,
/// and an index beyond the palette has the grey of its number.
/// </summary>
/// <remarks>The layout is that of the GIF89a specification.</remarks>
internal readonly ref struct GifFirstFrame
{
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte ImageDescriptor = 0x2C;
    private const byte HasPalette = 0x80;
    private const byte PaletteSizeBits = 7;
    private const int HeaderBytes = 13;
    private const int HeaderFlagsAt = 10;
    private const int DescriptorBytes = 10;
    private const int DescriptorFlagsAt = 9;
    private const int ColorBytes = 3;
    private const int MaximumColors = 256;

    private readonly ReadOnlySpan<byte> _header;
    private readonly ReadOnlySpan<byte> _palette;
    private readonly ReadOnlySpan<byte> _extensions;
    private readonly ReadOnlySpan<byte> _descriptor;
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _index;

    /// <param name="file">A GIF that has a first frame; of any other nothing is known.</param>
    private GifFirstFrame(ReadOnlySpan<byte> file)
    {
        _header = file[..HeaderBytes];
        var global = TakePalette(file[HeaderBytes..], file[HeaderFlagsAt]);
        var blocks = file[(HeaderBytes + global.Length)..];
        var rest = blocks;
        while (rest.Length > 2 && rest[0] != ImageDescriptor)
        {
            const int FlagsAt = 3, IndexAt = 6, HasTransparency = 1;
            if (rest[0] == Extension && rest[1] == GraphicControl && rest.Length > IndexAt && (rest[FlagsAt] & HasTransparency) != 0)
                _index = rest[IndexAt];
            rest = rest[0] == Extension ? SkipBlocks(rest[2..]) : rest[1..];
        }

        if (rest.Length <= DescriptorBytes)
            return;
        _extensions = blocks[..^rest.Length];
        _descriptor = rest[..DescriptorBytes];
        var local = TakePalette(rest[DescriptorBytes..], rest[DescriptorFlagsAt]);
        _palette = local.IsEmpty ? global : local;
        _data = rest[(DescriptorBytes + local.Length)..];
    }

    internal static bool IsGif(ReadOnlySpan<byte> file) => file.Length > HeaderBytes && (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8));

    /// <summary>Reads up to the first frame's pixels.</summary>
    internal static GifFirstFrame Read(ReadOnlySpan<byte> file) => new(file);

    /// <summary>Whether pixels can have indices beyond the palette, or there is none.</summary>
    internal bool MayLackColors => !_data.IsEmpty && _palette.Length < ColorBytes << Math.Min((int)_data[0], 8);

    /// <summary>The same file, from its first frame on, with a palette of all 256 colours: greys behind those it has.</summary>
    internal byte[] WithAllColors()
    {
        byte[] header = [.. _header], descriptor = [.. _descriptor];
        header[HeaderFlagsAt] |= HasPalette | PaletteSizeBits;
        descriptor[DescriptorFlagsAt] &= unchecked((byte)~(HasPalette | PaletteSizeBits));
        var palette = new byte[MaximumColors * ColorBytes];
        for (var i = 0; i < palette.Length; i++)
            palette[i] = (byte)(i / ColorBytes);
        _palette.CopyTo(palette);
        return [.. header, .. palette, .. _extensions, .. descriptor, .. _data];
    }

    /// <summary>Gives every pixel without alpha its colour.</summary>
    internal void Fill(Span<byte> rgba)
    {
        Span<byte> color = [(byte)_index, (byte)_index, (byte)_index, byte.MaxValue];
        if ((_index + 1) * ColorBytes <= _palette.Length)
            _palette.Slice(_index * ColorBytes, ColorBytes).CopyTo(color);
        var filling = MemoryMarshal.Read<uint>(color);
        foreach (ref var pixel in MemoryMarshal.Cast<byte, uint>(rgba))
        {
            if (MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in pixel))[ColorBytes] == 0)
                pixel = filling;
        }
    }

    private static ReadOnlySpan<byte> TakePalette(ReadOnlySpan<byte> bytes, byte flags) =>
        (flags & HasPalette) == 0 ? default : bytes[..Math.Min(bytes.Length, ColorBytes << ((flags & PaletteSizeBits) + 1))];

    private static ReadOnlySpan<byte> SkipBlocks(ReadOnlySpan<byte> blocks)
    {
        while (!blocks.IsEmpty && blocks[0] > 0)
            blocks = blocks[Math.Min(blocks.Length, blocks[0] + 1)..];
        return blocks.IsEmpty ? blocks : blocks[1..];
    }
}
