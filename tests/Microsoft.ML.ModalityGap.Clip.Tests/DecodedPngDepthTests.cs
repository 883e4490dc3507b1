namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>PNGs of other depths than 8 bits. What is expected is what <c>Image.open(file).convert("RGB")</c> gives in Pillow 9.4.0 (Debian's python3-pil 9.4.0-1.1+deb12u1) for these very files, written down here.</summary>
[TestClass]
public sealed class DecodedPngDepthTests
{
    private const byte Grey = 0, Rgb = 2, GreyAlpha = 4, Rgba = 6;

    private const string Grey16 = "000000 010101 7f7f7f 808080 818181 ffffff ffffff ffffff ffffff ffffff ffffff ffffff ffffff ffffff ffffff ffffff";
    private const string GreyAlpha16 = "000000 000000 000000 000000 000000 000000 010101 010101 030303 7f7f7f 808080 9c9c9c fefefe ffffff ffffff ffffff";
    private const string Rgb16 = "00ff00 00ff00 00ff00 00ff00 00ff00 00ff00 01fe01 01fe01 03fc03 7f807f 807f80 9c639c fe01fe ff00ff ff00ff ff00ff";
    private const string Grey4 = "000000 111111 222222 333333 444444 555555 666666 777777 888888 999999 aaaaaa bbbbbb cccccc dddddd eeeeee ffffff";

    private static readonly ushort[] _values = [0, 1, 127, 128, 129, 255, 256, 257, 1000, 32767, 32768, 40000, 65279, 65280, 65534, 65535];

    [TestMethod]
    [DataRow(16, Grey, null, Grey16)]
    [DataRow(16, Grey, "0100", Grey16, DisplayName = "16 bits, a grey value transparent")]
    [DataRow(16, GreyAlpha, null, GreyAlpha16)]
    [DataRow(16, Rgb, null, Rgb16)]
    [DataRow(16, Rgb, "03e8fc170317", Rgb16, DisplayName = "16 bits, a colour transparent")]
    [DataRow(16, Rgba, null, Rgb16)]
    [DataRow(1, Grey, null, "ffffff 000000 ffffff 000000 000000 ffffff 000000 ffffff 000000 000000 000000 000000 ffffff ffffff ffffff ffffff")]
    [DataRow(1, Grey, "0001", "ffffff 000000 ffffff 000000 000000 ffffff 000000 ffffff 000000 000000 000000 000000 ffffff ffffff ffffff ffffff", DisplayName = "1 bit, white transparent")]
    [DataRow(2, Grey, null, "000000 555555 aaaaaa ffffff ffffff aaaaaa 555555 000000 000000 555555 aaaaaa ffffff ffffff aaaaaa 555555 000000")]
    [DataRow(4, Grey, null, Grey4)]
    [DataRow(8, Grey, "0022", Grey4, DisplayName = "8 bits, a grey value transparent")]
    [DataRow(8, GreyAlpha, null, Grey4)]
    public void Decode_OfAnyDepth_IsAsPillowReadsIt(int depth, byte colorType, string? transparent, string expected)
    {
        var file = TestImages.EncodePng(16, 1, (byte)depth, colorType, [0, .. CreateRow(depth, colorType)], transparent is null ? null : Convert.FromHexString(transparent));
        var (width, height, rgb) = Decode(file);
        Assert.AreEqual((16, 1), (width, height));
        Assert.AreEqual(expected, string.Join(' ', rgb.Chunk(3).Select(Convert.ToHexStringLower)));
    }

    /// <summary>7 × 5 values, some of them small, a row for each of PNG's filters.</summary>
    [TestMethod]
    public void Decode_OfGrey16UnderEveryFilter_IsAsPillowReadsIt()
    {
        const string File =
            "89504e470d0a1a0a0000000d4948445200000007000000051000000000fc6175470000005649444154789c014b00b4ff004d3c001800bb2c0100d6002e0121011face16d4416bca7014e5f0ca00102df7eee4abc8a00869896859d3c4203813f899fa0caaecd64687616c67904007100f260986034cbce3545e979b2671ce262da635a0000000049454e44ae426082";
        var (width, height, rgb) = Decode(Convert.FromHexString(File));
        Assert.AreEqual((7, 5), (width, height));
        Assert.AreEqual("ff18bbffd62effff19ffd6ffff31ffffb95cffffff54fafffffff2ffc5ec3b6ffffeff", Convert.ToHexStringLower([.. rgb.Where((_, i) => i % 3 == 0)]));
    }

    [TestMethod]
    public void Decode_OfInterlacedGrey16_IsAsPillowReadsIt()
    {
        // 5, 256 above 254, 65535: passes 1, 6 and 7 of Adam7.
        var (_, _, rgb) = Decode(TestImages.EncodePng(2, 2, 16, Grey, [0, 0, 5, 0, 1, 0, 0, 0, 254, 255, 255], isInterlaced: true));
        Assert.AreEqual("050505fffffffefefeffffff", Convert.ToHexStringLower(rgb));
    }

    [TestMethod]
    public void Decode_OfGrey16CutOrDamagedAnywhere_ThrowsInvalidDataOrNothing()
    {
        var random = new Random(5);
        var file = TestImages.EncodePng(16, 1, 16, Grey, [0, .. CreateRow(16, Grey)], [1, 0]);
        for (var length = 1; length < file.Length; length++)
            TryDecode(file[..length]);
        for (var i = 0; i < 2_000; i++)
        {
            var broken = file.ToArray();
            broken[random.Next(8, broken.Length)] = (byte)random.Next(256);
            TryDecode(broken);
        }
    }

    private static byte[] CreateRow(int depth, byte colorType)
    {
        switch (depth)
        {
            case 1:
                return [0xA5, 0x0F];
            case 2:
                return [0x1B, 0xE4, 0x1B, 0xE4];
            case 4:
                return [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
            case 8:
                return [.. Enumerable.Range(0, 16).SelectMany(i => colorType == Grey ? new[] { (byte)(17 * i) } : [(byte)(17 * i), (byte)(255 - (17 * i))])];
            default:
                return [.. _values.SelectMany((value, i) =>
                {
                    ushort[] samples = colorType switch
                    {
                        Grey => [value],
                        GreyAlpha => [value, _values[^(i + 1)]],
                        Rgb => [value, (ushort)(65535 - value), (ushort)(value ^ 0x00FF)],
                        _ => [value, (ushort)(65535 - value), (ushort)(value ^ 0x00FF), _values[^(i + 1)]],
                    };
                    return samples.SelectMany(sample => new[] { (byte)(sample >> 8), (byte)sample });
                })];
        }
    }

    private static (int Width, int Height, byte[] Rgb) Decode(byte[] file)
    {
        var decoder = new ClipImageDecoder(1 << 20, appliesOrientation: false);
        decoder.Decode(file);
        return (decoder.Width, decoder.Height, [.. decoder.Pixels.ToArray().Where((_, i) => i % 4 != 3)]);
    }

    private static void TryDecode(byte[] file)
    {
        try
        {
            Decode(file);
        }
        catch (InvalidDataException)
        {
        }
    }
}
