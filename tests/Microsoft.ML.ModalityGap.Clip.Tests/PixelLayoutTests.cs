namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public sealed class PixelLayoutTests
{
    // Stored rows 1 2 3 / 4 5 6, and what the EXIF standard says is to be seen.
    [TestMethod]
    [DataRow(1, new uint[] { 1, 2, 3, 4, 5, 6 })]
    [DataRow(2, new uint[] { 3, 2, 1, 6, 5, 4 })]
    [DataRow(3, new uint[] { 6, 5, 4, 3, 2, 1 })]
    [DataRow(4, new uint[] { 4, 5, 6, 1, 2, 3 })]
    [DataRow(5, new uint[] { 1, 4, 2, 5, 3, 6 })]
    [DataRow(6, new uint[] { 4, 1, 5, 2, 6, 3 })]
    [DataRow(7, new uint[] { 6, 3, 5, 2, 4, 1 })]
    [DataRow(8, new uint[] { 3, 6, 2, 5, 1, 4 })]
    public void Orient_OfAsymmetricImage_TurnsAsExifSays(int orientation, uint[] expected)
    {
        var actual = new uint[6];
        PixelLayout.Orient([1, 2, 3, 4, 5, 6], 3, 2, orientation, actual);
        CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void IsOpaque_WithOneTransparentPixelAnywhere_IsFalse()
    {
        for (var count = 1; count < 40; count++)
        {
            var pixels = TestImages.CreateOpaquePixels(count, 1, seed: count);
            Assert.IsTrue(PixelLayout.IsOpaque(pixels), $"{count} opaque pixels");
            for (var i = 0; i < count; i++)
            {
                pixels[i * 4 + 3] = 254;
                Assert.IsFalse(PixelLayout.IsOpaque(pixels), $"pixel {i} of {count}");
                pixels[i * 4 + 3] = 255;
            }
        }
    }

    [TestMethod]
    public void Unpremultiply_OfMultipliedColours_RestoresThemToHalfAStepOfAlpha()
    {
        for (var alpha = 1; alpha < 256; alpha++)
        {
            for (var colour = 0; colour < 256; colour++)
            {
                var multiplied = (byte)Math.Round(colour * alpha / 255.0);
                var restored = new byte[4];
                PixelLayout.Unpremultiply([multiplied, 0, multiplied, (byte)alpha], restored);
                Assert.AreEqual(colour, restored[0], 0.5 * 255 / alpha + 0.5, $"colour {colour}, alpha {alpha}");
                Assert.AreEqual(0, restored[1]);
                Assert.AreEqual(alpha, restored[3]);
            }
        }
    }
}
