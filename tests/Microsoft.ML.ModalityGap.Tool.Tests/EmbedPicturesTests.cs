using System.Diagnostics;
using Microsoft.ML.ModalityGap.Tests.Clip;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>What <c>embed</c> takes for pictures, and what it says of what it does not.</summary>
[TestClass]
public class EmbedPicturesTests
{
    [TestMethod]
    public void Images_OfEveryName_AreTakenOrCounted()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(1);
        var picture = File.ReadAllBytes(Path.Combine(folder.Images, "000.bmp"));
        foreach (var name in new[] { "a.jfif", "b.JPE", "c.dib", "d.tif", "e.TIFF", "f.tif", "g.heic", "notes.txt", "README" })
            File.WriteAllBytes(Path.Combine(folder.Images, name), picture);
        var run = folder.EmbedImages();
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "000.bmp", "a.jfif", "b.JPE", "c.dib" }, File.ReadAllLines(folder.GetPath("x.items.txt")));
        CollectionAssert.AreEqual(
            new[] { ":1", ".heic:1", ".tif:2", ".tiff:1", ".txt:1" }, run.Json.GetProperty("passedOver").EnumerateObject().Select(entry => $"{entry.Name}:{entry.Value}").ToArray());
        Assert.Contains("4 images in", run.ErrorLines.Single());
        Assert.Contains("1 .heic, 2 .tif, 1 .tiff", run.Error);

        File.Delete(Path.Combine(folder.Images, "000.bmp"));
        foreach (var name in new[] { "a.jfif", "b.JPE", "c.dib" })
            File.Delete(Path.Combine(folder.Images, name));
        File.Delete(folder.Out);
        File.Delete(folder.GetPath("x.items.txt"));
        run = folder.EmbedImages();
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("2 × .tif", run.Error);
    }

    [TestMethod]
    public void Images_WithNamesThatAreNotUtf8_AreAnErrorOrLeftOut()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("Other systems have no such names.");
        using var folder = new EmbedFolder();
        folder.WriteImages(2);
        using (var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "cp 000.bmp \"$(printf 'caf\\351.bmp')\""]) { WorkingDirectory = folder.Images })!)
        {
            shell.WaitForExit();
            if (shell.ExitCode != 0)
                Assert.Inconclusive("This file system takes no such names.");
        }

        var run = folder.EmbedImages();
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("1 names in", run.Error);
        Assert.Contains("not in UTF-8", run.Error);
        Assert.IsEmpty(folder.ListOutputs());

        run = folder.EmbedImages("--skip-unusable");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(2, run.Json.GetProperty("rows").GetInt32());
        Assert.Contains("U+FFFD", run.Json.GetProperty("skipped")[0].GetProperty("reason").GetString()!);

        // .NET cannot name the file to delete it.
        using var removal = Process.Start(new ProcessStartInfo("sh", ["-c", "rm -f caf*"]) { WorkingDirectory = folder.Images })!;
        removal.WaitForExit();
    }

    [TestMethod]
    public void Exif_TurnsImagesAndIsPartOfWhatIsGoneOnWith()
    {
        using var folder = new EmbedFolder();
        var jpeg = TestImages.Encode(TestImages.CreateOpaquePixels(24, 16, seed: 1), 24, 16, SkiaSharp.SKEncodedImageFormat.Jpeg);
        for (var i = 0; i < 8; i++)
            File.WriteAllBytes(Path.Combine(folder.Images, $"{i}.jpg"), TestImages.AddOrientation(jpeg, (byte)(i + 1)));
        Assert.AreEqual(0, folder.EmbedImages().ExitCode);
        var stored = WorkFolder.ReadNpy(folder.Out);
        File.Delete(folder.Out);
        File.Delete(folder.GetPath("x.items.txt"));
        Assert.AreEqual(0, folder.EmbedImages("--exif").ExitCode);
        var turned = WorkFolder.ReadNpy(folder.Out);
        Assert.HasCount(1, stored.Select(row => row[0]).Distinct().ToArray());
        Assert.HasCount(8, turned.Select(row => row[0]).Distinct().ToArray());
        CollectionAssert.AreEqual(stored[0], turned[0]);

        File.Delete(folder.Out);
        File.Delete(folder.GetPath("x.items.txt"));
        folder.Interrupt(4, [.. folder.ImagesArguments, "--exif"]);
        var run = folder.EmbedImages("--batch-size", "4");
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("of images turned by EXIF, not of images", run.Error);
    }

    [TestMethod]
    public void Text_OfTheCommandLine_EqualsThatOfAFile()
    {
        using var folder = new EmbedFolder();
        File.WriteAllLines(folder.Texts, ["a cat", "", "two dogs"]);
        Assert.AreEqual(0, folder.EmbedTexts().ExitCode);
        var expected = WorkFolder.ReadNpy(folder.Out);
        var typed = folder.GetPath("typed.npy");
        var run = ToolRun.Execute("embed", "--model", folder.Model, "--text", "a cat", "--text", "", "--text", "two dogs", "--out", typed);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var actual = WorkFolder.ReadNpy(typed);
        for (var i = 0; i < 3; i++)
            CollectionAssert.AreEqual(expected[i], actual[i]);
        CollectionAssert.AreEqual(new[] { "a cat", "", "two dogs" }, File.ReadAllLines(folder.GetPath("typed.items.txt")));

        run = ToolRun.Execute("embed", "--model", folder.Model, "--text", "a\nb", "--out", folder.GetPath("other.npy"));
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("line break", run.Error);
        Assert.AreEqual(2, ToolRun.Execute("embed", "--model", folder.Model, "--text", "a", "--texts", folder.Texts, "--out", folder.GetPath("other.npy")).ExitCode);
        Assert.AreEqual(2, ToolRun.Execute("embed", "--model", folder.Model, "--text", "a", "--exif", "--out", folder.GetPath("other.npy")).ExitCode);
    }
}
