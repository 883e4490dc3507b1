namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public sealed class ClipImagePreprocessorTests
{
    /// <summary>Leaves bytes as they are, so that levels can be compared.</summary>
    private static readonly ClipImagePreprocessing _levels = new()
    {
        RescaleFactor = 1,
        Mean = ClipPixelStatistics.ZeroMean,
        StandardDeviation = ClipPixelStatistics.UnitStandardDeviation,
    };

    public static IEnumerable<object[]> Sizes =>
        from size in new[] { (1, 1), (3, 5), (13, 9), (31, 33), (64, 17), (17, 64), (101, 97), (7, 120) }
        from resampling in Enum.GetValues<ClipResampling>()
        from avx2 in new[] { false, true }
        select new object[] { size.Item1, size.Item2, resampling, avx2 };

    [TestMethod]
    [DynamicData(nameof(Sizes))]
    public void Run_AtOddSizes_IsWithinOneLevelOfDefinition(int width, int height, ClipResampling resampling, bool avx2)
    {
        if (avx2 && !ResampleKernel.UsesAvx2)
            Assert.Inconclusive("This processor has no AVX2.");
        var pixels = TestImages.CreatePixels(width, height, seed: width * 1000 + height);
        var preprocessing = _levels with { Resampling = resampling, ResizeMode = ClipResizeMode.Squash, Width = 21, Height = 19 };

        var actual = Run(preprocessing, pixels, width, height, avx2);

        for (var channel = 0; channel < 3; channel++)
        {
            var expected = ResampleOracle.Resize(GetChannel(pixels, width, height, channel), 19, 21, resampling);
            for (var i = 0; i < 19 * 21; i++)
                Assert.AreEqual(Math.Round(expected[i / 21, i % 21]), actual[channel * 19 * 21 + i], 1.0, $"channel {channel}, row {i / 21}, column {i % 21}");
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 7)]
    [DataRow(97, 61)]
    [DataRow(640, 401)]
    [DataRow(33, 2000)]
    public void Run_WithAndWithoutAvx2_GivesSameBits(int width, int height)
    {
        if (!ResampleKernel.UsesAvx2)
            Assert.Inconclusive("This processor has no AVX2.");
        var pixels = TestImages.CreatePixels(width, height, seed: 5);
        foreach (var preprocessing in new[]
        {
            ClipImagePreprocessing.OpenAIClip, ClipImagePreprocessing.SigLip with { Size = 37 }, ClipImagePreprocessing.MobileClip with { ResizeMode = ClipResizeMode.LongestEdge },
        })
        {
            CollectionAssert.AreEqual(
                Run(preprocessing, pixels, width, height, avx2: false), Run(preprocessing, pixels, width, height, avx2: true), preprocessing.ToString());
        }
    }

    [TestMethod]
    [DataRow(2162, 762, 635, 224)]
    [DataRow(97, 61, 356, 224)]
    [DataRow(450, 655, 224, 326)]
    [DataRow(224, 224, 224, 224)]
    public void Run_WithCrop_IsPartOfWholeResizedImage(int width, int height, int resizedWidth, int resizedHeight)
    {
        var pixels = TestImages.CreatePixels(width, height, seed: 2);
        var whole = Run(_levels with { ResizeMode = ClipResizeMode.Squash, Width = resizedWidth, Height = resizedHeight }, pixels, width, height);

        var cropped = Run(_levels, pixels, width, height);

        // torchvision's int(round((length − crop) / 2)); Python rounds half to even.
        var (left, top) = ((int)Math.Round((resizedWidth - 224) / 2.0), (int)Math.Round((resizedHeight - 224) / 2.0));
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < 224; y++)
            {
                CollectionAssert.AreEqual(
                    whole[(channel * resizedWidth * resizedHeight + (top + y) * resizedWidth + left)..][..224], cropped[(channel * 224 * 224 + y * 224)..][..224], $"channel {channel}, row {y}");
            }
        }
    }

    [TestMethod]
    [DataRow(ClipCropRounding.HalfToEven, 411, 206)]
    [DataRow(ClipCropRounding.HalfToEven, 1, 0)]
    [DataRow(ClipCropRounding.HalfToEven, 5, 2)]
    [DataRow(ClipCropRounding.Down, 411, 205)]
    [DataRow(ClipCropRounding.Down, 5, 2)]
    [DataRow(ClipCropRounding.Down, 3, 1)]
    public void Run_WithOddRemainder_BeginsWhereRoundingSays(ClipCropRounding rounding, int remainder, int expected)
    {
        var (width, height) = (8 + remainder, 8);
        var pixels = TestImages.CreatePixels(width, height, seed: 3);
        var actual = Run(_levels with { ResizeMode = ClipResizeMode.None, Size = 8, CropRounding = rounding }, pixels, width, height);
        for (var x = 0; x < 8; x++)
            Assert.AreEqual(pixels[(expected + x) * 4], actual[x], $"column {x}");
    }

    [TestMethod]
    public void Run_OfImageSmallerThanCrop_PadsWithBlack()
    {
        var pixels = TestImages.CreatePixels(3, 2, seed: 4);
        var preprocessing = ClipImagePreprocessing.OpenAIClip with { ResizeMode = ClipResizeMode.None, Size = 6 };

        var actual = Run(preprocessing, pixels, 3, 2);

        // Of three missing columns one is before, two are behind; of four missing rows two and two.
        var (mean, deviation) = (preprocessing.Mean.Green, preprocessing.StandardDeviation.Green);
        for (var y = 0; y < 6; y++)
        {
            for (var x = 0; x < 6; x++)
            {
                var inside = x is >= 1 and < 4 && y is >= 2 and < 4;
                var level = inside ? pixels[((y - 2) * 3 + x - 1) * 4 + 1] : 0;
                Assert.AreEqual((level / 255.0 - mean) / deviation, actual[36 + y * 6 + x], 1e-6, $"row {y}, column {x}");
            }
        }
    }

    [TestMethod]
    public void Run_OfBlueFirstPixels_EqualsRedFirst()
    {
        var pixels = TestImages.CreatePixels(30, 20, seed: 6);
        var swapped = pixels.ToArray();
        for (var i = 0; i < swapped.Length; i += 4)
            (swapped[i], swapped[i + 2]) = (swapped[i + 2], swapped[i]);
        var expected = Run(ClipImagePreprocessing.OpenAIClip with { Size = 16 }, pixels, 30, 20);

        var actual = new float[expected.Length];
        new ClipImagePreprocessor(ClipImagePreprocessing.OpenAIClip with { Size = 16 }).Run(swapped, 30, 20, blueFirst: true, actual);

        CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void Run_OfImagesOfDifferentSizesInTurn_KeepsNothing()
    {
        var preprocessor = new ClipImagePreprocessor(ClipImagePreprocessing.OpenAIClip with { Size = 16 });
        foreach (var (width, height) in new[] { (300, 20), (5, 5), (20, 300), (300, 20) })
        {
            var pixels = TestImages.CreatePixels(width, height, seed: width);
            var actual = new float[3 * 16 * 16];
            preprocessor.Run(pixels, width, height, blueFirst: false, actual);
            CollectionAssert.AreEqual(Run(ClipImagePreprocessing.OpenAIClip with { Size = 16 }, pixels, width, height), actual, $"{width} × {height}");
        }
    }

    [TestMethod]
    public void Plan_OfElongatedImage_Throws()
    {
        var preprocessor = new ClipImagePreprocessor(ClipImagePreprocessing.SigLip with { Width = 8192, Height = 1 });
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => preprocessor.Plan(1, ClipImagePreprocessor.MaximumEdge));
        StringAssert.Contains(exception.Message, "elongated");
    }

    private static float[] Run(ClipImagePreprocessing preprocessing, byte[] pixels, int width, int height, bool? avx2 = null)
    {
        var result = new float[preprocessing.OutputLength];
        new ClipImagePreprocessor(preprocessing, avx2).Run(pixels, width, height, blueFirst: false, result);
        return result;
    }

    private static double[,] GetChannel(byte[] pixels, int width, int height, int channel)
    {
        var result = new double[height, width];
        for (var i = 0; i < width * height; i++)
            result[i / width, i % width] = pixels[i * 4 + channel];
        return result;
    }
}
