namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public class VerifyEncoderTests
{
    [TestMethod]
    public void VerifyEncoder_ClipShaped_CertifiesParity()
    {
        using var folder = new ClipShapedFolder();
        var result = new MLContext().ModalityGap().VerifyEncoder(
            folder.Path, SharedData.GetPath("clip-shaped", "golden.json"), new EncoderVerificationOptions { Preprocessing = ClipShapedFolder.GoldenPreprocessing });
        Console.WriteLine(result);
        Assert.HasCount(7, result.Images);
        Assert.HasCount(24, result.Texts);
        foreach (var image in result.Images)
        {
            Assert.IsGreaterThanOrEqualTo(0.9999, image.Cosine, image.Name);
            Assert.IsLessThan(0.05, image.LargestPixelDifference!.Value, image.Name);
            Assert.IsLessThan(0.01, image.LargestPixelMeanDifference!.Value, image.Name);
        }

        foreach (var text in result.Texts)
            Assert.IsLessThan(1e-4, text.LargestDifference, text.Name);
        Assert.AreEqual(result.Images.Concat(result.Texts).Min(item => item.Cosine), result.SmallestCosine);
        StringAssert.Contains(result.ToString(), "diagram.png");
    }

    [TestMethod]
    public void VerifyEncoder_FoldersOwnConfiguration_ShowsTheCropThatIsOnePixelOff()
    {
        // 762×2162 becomes 224×635: 205.5 pixels are cut at either end, and the configuration's processor rounds that down.
        using var folder = new ClipShapedFolder();
        var result = new MLContext().ModalityGap().VerifyEncoder(folder.Path, SharedData.GetPath("clip-shaped", "golden.json"));
        CollectionAssert.AreEqual(new[] { "diagram.png" }, result.Images.Where(image => image.LargestPixelDifference > 0.05).Select(image => image.Name).ToArray());
    }

    [TestMethod]
    public void VerifyEncoder_AnotherPreprocessing_ShowsInPixelsAndEmbeddings()
    {
        using var folder = new ClipShapedFolder();
        var result = new MLContext().ModalityGap().VerifyEncoder(
            folder.Path, SharedData.GetPath("clip-shaped", "golden.json"), new EncoderVerificationOptions { Preprocessing = ClipImagePreprocessing.SigLip });
        Assert.IsGreaterThan(0.5, result.Images.Max(image => image.LargestPixelDifference!.Value));
        Assert.IsLessThan(0.9999, result.Images.Min(image => image.Cosine));
        Assert.IsGreaterThan(0.1, result.Images.Max(image => image.LargestPixelMeanDifference!.Value));
    }

    [TestMethod]
    public void VerifyEncoder_TextIds_AreComparedWithAndWithoutPadding()
    {
        using var folder = new ClipShapedFolder();
        using var golden = new TemporaryFolder();
        var embedding = string.Join(", ", Enumerable.Repeat("0.5", 64));
        File.WriteAllText(golden.File("golden.json"), $$"""
            {"texts": [
              {"text": "a photo of a cat", "input_ids": [49406, 320, 1125, 539, 320, 2368, 49407], "text_embeds": [{{embedding}}]},
              {"text": "a photo of a cat", "input_ids": [49406, 320, 1125, 539, 320, 2368, {{string.Join(", ", Enumerable.Repeat("49407", 71))}}], "text_embeds": [{{embedding}}]},
              {"text": "a photo of a cat", "input_ids": [49406, 320, 1125, 539, 320, 1929, 49407], "text_embeds": [{{embedding}}]},
              {"text": "a photo of a cat", "text_embeds": [{{embedding}}]}]}
            """);
        var result = new MLContext().ModalityGap().VerifyEncoder(folder.Path, golden.File("golden.json"));
        CollectionAssert.AreEqual(new bool?[] { true, true, false, null }, result.Texts.Select(text => text.SameIds).ToArray());
        Assert.IsEmpty(result.Images);
    }

    [TestMethod]
    [DataRow("{}", "neither 'images' nor 'texts'")]
    [DataRow("[1]", "should hold a JSON object")]
    [DataRow("{", "not valid JSON")]
    [DataRow("""{"texts": [{"text": "a"}]}""", "'text_embeds'")]
    [DataRow("""{"texts": {"text": "a"}}""", "expected format")]
    [DataRow("""{"images": {"a.png": {"image_embeds": [1, 2], "pixel_mean": [1]}}}""", "'pixel_mean' of 'a.png' has 1 values instead of 3")]
    [DataRow("""{"texts": [{"text": "a", "text_embeds": [1, 2]}]}""", "of different models")]
    public void VerifyEncoder_GoldenFileOfAnotherFormat_SaysWhatIsWrong(string json, string expected)
    {
        using var folder = new ClipShapedFolder();
        using var golden = new TemporaryFolder();
        File.WriteAllText(golden.File("golden.json"), json);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().ModalityGap().VerifyEncoder(folder.Path, golden.File("golden.json")));
        StringAssert.Contains(exception.Message, expected);
    }

    [TestMethod]
    public void VerifyEncoder_NoGoldenFile_Throws()
    {
        using var golden = new TemporaryFolder();
        Assert.ThrowsExactly<FileNotFoundException>(() => new MLContext().ModalityGap().VerifyEncoder(golden.Path, golden.File("absent.json")));
    }
}
