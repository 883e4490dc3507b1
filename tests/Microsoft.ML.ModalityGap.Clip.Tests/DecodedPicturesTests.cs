using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>What decoding makes of GIFs and of EXIF orientations. The oracles are the formats' own rules, and Pillow's pictures in <c>shared/faults</c>.</summary>
[TestClass]
public sealed class DecodedPicturesTests
{
    private const int Short = 3, Long = 4;

    public static IEnumerable<object[]> Orientations =>
        from container in new[] { "jpeg", "png", "png behind the pixels", "png as text", "png as compressed text", "webp", "webp with prefix" }
        from type in new[] { Short, Long }
        from littleEndian in new[] { false, true }
        select new object[] { container, type, littleEndian };

    [TestMethod]
    [DataRow("white.gif", "white_as_pil_reads_it.png", false)]
    [DataRow("white_palette.png", "white_as_pil_reads_it.png", false)]
    [DataRow("offset.gif", "offset_as_pil_reads_it.png", false)]
    [DataRow("exif3.png", "exif3_upright.png", true)]
    [DataRow("exif6.png", "exif6_upright.png", true)]
    [DataRow("exif8.png", "exif8_upright.png", true)]
    public void Decode_OfSharedFaults_IsAsPillowReadsThem(string name, string expected, bool orients) =>
        AreEqual(Decode(ReadFault(expected), appliesOrientation: false), Decode(ReadFault(name), orients), name);

    [TestMethod]
    public void Decode_OfGifs_HasColoursOfPaletteEverywhere()
    {
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var gif = TestGif.CreateRandom(random);
            AreEqual((gif.Canvas.Width, gif.Canvas.Height, gif.ToRgb()), Decode(gif.ToFile(), appliesOrientation: false), $"GIF {i}: {gif}");
        }
    }

    [TestMethod]
    public void Decode_OfGifsCutAnywhere_ThrowsInvalidDataOrNothing()
    {
        var random = new Random(12);
        for (var i = 0; i < 20; i++)
        {
            var file = TestGif.CreateRandom(random).ToFile();
            for (var length = 1; length < file.Length; length++)
                TryDecode(file[..length]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Orientations))]
    public void Decode_WithOrientation_TurnsImageOnlyWhenAsked(string container, int type, bool littleEndian)
    {
        const int Width = 5, Height = 3;
        var pixels = TestImages.CreateOpaquePixels(Width, Height, seed: 1);
        for (var orientation = 0; orientation <= 9; orientation++)
        {
            var file = AddExif(pixels, Width, Height, container, CreateTiff(orientation, type, littleEndian));
            var stored = Decode(file, appliesOrientation: false);
            Assert.AreEqual((Width, Height), (stored.Width, stored.Height));
            AreEqual(Turn(stored, orientation), Decode(file, appliesOrientation: true), $"{container}, orientation {orientation}");
        }
    }

    /// <summary>EXIF with a list where one number belongs, of which Pillow takes the first.</summary>
    [TestMethod]
    public void ReadOrientation_OfSeveralNumbers_IsTheFirst()
    {
        var pixels = TestImages.CreateOpaquePixels(4, 4, seed: 3);
        byte[] Tiff(byte type, byte count, params byte[] rest) => [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, type, 0, count, 0, 0, 0, .. rest];
        Assert.AreEqual(6, ImageOrientation.Read(AddExif(pixels, 4, 4, "png", Tiff(Short, 2, 6, 0, 3, 0, 0, 0, 0, 0))));
        Assert.AreEqual(8, ImageOrientation.Read(AddExif(pixels, 4, 4, "png", Tiff(Long, 2, 26, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0))), "behind the directory");
        Assert.AreEqual(1, ImageOrientation.Read(AddExif(pixels, 4, 4, "png", Tiff(Long, 2, 90, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0))), "behind the file's end");
    }

    [TestMethod]
    [DataRow("jpeg")]
    [DataRow("png")]
    [DataRow("png compressed")]
    [DataRow("webp")]
    public void ReadOrientation_OfXmp_CountsWhereExifHasNone(string container)
    {
        var pixels = TestImages.CreateOpaquePixels(4, 4, seed: 4);
        foreach (var (orientation, written) in new[] { (6, "<rdf:Description tiff:Orientation=\"6\" x=\"1\"/>"), (3, "<tiff:Orientation>3</tiff:Orientation>"), (1, "<tiff:Orientation>9</tiff:Orientation>"), (1, "tiff:Orientation") })
        {
            var packet = Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{written}</x:xmpmeta>");
            Assert.AreEqual(orientation, ImageOrientation.Read(AddXmp(TestImages.Encode(pixels, 4, 4), packet)), written);
            Assert.AreEqual(8, ImageOrientation.Read(AddXmp(AddExif(pixels, 4, 4, "png", CreateTiff(8, Short, littleEndian: true)), packet)), $"EXIF, and {written}");
        }

        byte[] AddXmp(byte[] png, byte[] packet)
        {
            if (container.StartsWith("png", StringComparison.Ordinal))
                return InsertText(png, "XML:com.adobe.xmp", packet, container == "png" ? "iTXt" : "iTXt compressed");
            var exif = ImageMetadata.Read(png).Exif.ToArray();
            byte[] content = [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. packet];
            if (container == "jpeg")
            {
                byte[] segment = [0xFF, 0xE1, 0, (byte)(content.Length + 2), .. content];
                byte[] other = exif.Length == 0 ? [] : [0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif];
                return [0xFF, 0xD8, .. segment, .. other, .. TestImages.Encode(pixels, 4, 4, SKEncodedImageFormat.Jpeg)[2..]];
            }

            byte[] Chunk(string name, byte[] bytes) => [.. Encoding.ASCII.GetBytes(name), (byte)bytes.Length, 0, 0, 0, .. bytes, .. new byte[bytes.Length % 2]];
            byte[] body = [.. "WEBP"u8, .. exif.Length == 0 ? [] : Chunk("EXIF", exif), .. Chunk("XMP ", packet)];
            return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
        }
    }

    [TestMethod]
    public void ReadOrientation_OfDamagedMetadata_IsNoneAndNeverThrows()
    {
        var pixels = TestImages.CreateOpaquePixels(4, 4, seed: 2);
        var random = new Random(3);
        foreach (var container in Orientations.Select(row => (string)row[0]).Distinct())
        {
            var file = AddExif(pixels, 4, 4, container, CreateTiff(6, Short, littleEndian: true));
            Assert.AreEqual(6, ImageOrientation.Read(file), container);
            for (var length = 0; length < file.Length; length++)
                Assert.IsInRange(1, 8, ImageOrientation.Read(file.AsSpan(0, length)));
            for (var i = 0; i < 2_000; i++)
            {
                var broken = file.ToArray();
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
                broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
                Assert.IsInRange(1, 8, ImageOrientation.Read(broken));
            }
        }
    }

    /// <summary>By the definition: where, as seen, the stored row 0 and column 0 are.</summary>
    private static (int Width, int Height, byte[] Rgb) Turn((int Width, int Height, byte[] Rgb) stored, int orientation)
    {
        var (width, height) = (stored.Width, stored.Height);
        if (orientation is < 2 or > 8)
            return stored;
        var (seenWidth, seenHeight) = orientation >= 5 ? (height, width) : (width, height);
        var rgb = new byte[stored.Rgb.Length];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var (x, y) = orientation switch
                {
                    2 => (width - 1 - column, row), // row 0 at the top, column 0 at the right
                    3 => (width - 1 - column, height - 1 - row), // bottom, right
                    4 => (column, height - 1 - row), // bottom, left
                    5 => (row, column), // left, top
                    6 => (height - 1 - row, column), // right, top
                    7 => (height - 1 - row, width - 1 - column), // right, bottom
                    _ => (row, width - 1 - column), // left, bottom
                };
                stored.Rgb.AsSpan(((row * width) + column) * 3, 3).CopyTo(rgb.AsSpan(((y * seenWidth) + x) * 3));
            }
        }

        return (seenWidth, seenHeight, rgb);
    }

    private static byte[] CreateTiff(int orientation, int type, bool littleEndian)
    {
        byte[] Word(int value) => littleEndian ? [(byte)value, (byte)(value >> 8)] : [(byte)(value >> 8), (byte)value];
        byte[] Number(int value) => littleEndian ? [.. Word(value & 0xFFFF), .. Word(value >> 16)] : [.. Word(value >> 16), .. Word(value & 0xFFFF)];
        byte[] written = type == Short ? [.. Word(orientation), 0, 0] : Number(orientation);
        return
        [
            .. littleEndian ? "II"u8 : "MM"u8, .. Word(42), .. Number(8), .. Word(2),
            .. Word(0x100), .. Word(Short), .. Number(1), .. Word(5), 0, 0,
            .. Word(0x112), .. Word(type), .. Number(1), .. written, .. Number(0),
        ];
    }

    private static byte[] AddExif(byte[] pixels, int width, int height, string container, byte[] tiff)
    {
        byte[] prefixed = [.. "Exif\0\0"u8, .. tiff];
        switch (container)
        {
            case "jpeg":
                var jpeg = TestImages.Encode(pixels, width, height, SKEncodedImageFormat.Jpeg);
                return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(prefixed.Length + 2), .. prefixed, .. jpeg[2..]];
            case "webp" or "webp with prefix":
                var content = container == "webp" ? tiff : prefixed;
                using (var bitmap = SKBitmap.Decode(TestImages.Encode(pixels, width, height)))
                using (var data = bitmap.PeekPixels().Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 50)))
                {
                    // Metadata may be in the extended form only: a chunk VP8X first, which says so. The encoder writes it where it adds a profile; else it is added.
                    const byte HasExif = 8;
                    const int FlagsAt = 8;
                    var chunks = data!.ToArray()[12..];
                    if (!chunks.AsSpan().StartsWith("VP8X"u8))
                        chunks = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, (byte)(width - 1), 0, 0, (byte)(height - 1), 0, 0, .. chunks];
                    chunks[FlagsAt] |= HasExif;
                    byte[] body = [.. "WEBP"u8, .. chunks, .. "EXIF"u8, (byte)content.Length, 0, 0, 0, .. content];
                    return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
                }

            case "png as text" or "png as compressed text":
                // ImageMagick's, before there was a chunk for it.
                var hexadecimal = Encoding.ASCII.GetBytes($"\nexif\n{prefixed.Length,8}\n{string.Join('\n', Convert.ToHexStringLower(prefixed).Chunk(72).Select(line => new string(line)))}\n");
                return InsertText(TestImages.Encode(pixels, width, height), "Raw profile type exif", hexadecimal, container == "png as text" ? "tEXt" : "zTXt");

            default:
                var png = TestImages.Encode(pixels, width, height);
                var at = container == "png" ? 33 : png.Length - 12;
                return [.. png[..at], .. TestImages.CreateChunk("eXIf", tiff), .. png[at..]];
        }
    }

    private static byte[] InsertText(byte[] png, string keyword, byte[] text, string type)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionMode.Compress, leaveOpen: true))
            zlib.Write(text);
        byte[] content = [.. Encoding.ASCII.GetBytes(keyword), 0, .. type switch
        {
            "tEXt" => text,
            "zTXt" => [0, .. compressed.ToArray()],
            "iTXt" => [0, 0, .. "en\0"u8, 0, .. text],
            _ => (byte[])[1, 0, 0, 0, .. compressed.ToArray()],
        }];
        return [.. png[..33], .. TestImages.CreateChunk(type[..4], content), .. png[33..]];
    }

    private static byte[] ReadFault(string name) => File.ReadAllBytes(SharedData.GetPath("..", "faults", "images", name));

    private static (int Width, int Height, byte[] Rgb) Decode(byte[] file, bool appliesOrientation)
    {
        var decoder = new ClipImageDecoder(1 << 20, appliesOrientation);
        decoder.Decode(file);
        return (decoder.Width, decoder.Height, [.. decoder.Pixels.ToArray().Where((_, i) => i % 4 != 3)]);
    }

    private static void TryDecode(byte[] file)
    {
        try
        {
            Decode(file, appliesOrientation: true);
        }
        catch (InvalidDataException)
        {
        }
    }

    private static void AreEqual((int Width, int Height, byte[] Rgb) expected, (int Width, int Height, byte[] Rgb) actual, string what)
    {
        Assert.AreEqual((expected.Width, expected.Height), (actual.Width, actual.Height), what);
        CollectionAssert.AreEqual(expected.Rgb, actual.Rgb, what);
    }
}
