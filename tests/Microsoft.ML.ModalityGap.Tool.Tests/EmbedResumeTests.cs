namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>However <c>embed</c> is interrupted, the file in the end is, bit by bit, the one of a run without a break.</summary>
[TestClass]
public class EmbedResumeTests
{
    private const int Count = 22;

    [TestMethod]
    [DataRow(4)]
    [DataRow(8)]
    [DataRow(20)]
    [DataRow(22)]
    public void Cancelled_GoesOnFromThere(int rows)
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        var expected = folder.MakeExpected(folder.ImagesArguments);
        var run = folder.Interrupt(rows, folder.ImagesArguments);
        Assert.AreEqual(130, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains($"{rows} of {Count} images are done and kept", run.Error);
        CollectionAssert.AreEqual(new[] { "x.npy.partial", "x.npy.partial.json" }, folder.ListOutputs());

        run = folder.EmbedImages("--batch-size", "4");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(rows, run.Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    [TestMethod]
    public void CancelledBeforeAnyRow_LeavesNothing()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.AreEqual(130, ToolRun.Execute(folder.ImagesArguments, cancellationToken: cancellation.Token).ExitCode);
        Assert.IsEmpty(folder.ListOutputs());
    }

    [TestMethod]
    public void CancelledAgainAndAgain_LosesAndRepeatsNothing()
    {
        using var folder = new EmbedFolder();
        folder.WriteTexts(Count);
        string[] arguments = ["embed", "--model", folder.Model, "--texts", folder.Texts, "--out", folder.Out, "--json"];
        var expected = folder.MakeExpected(arguments);
        for (var done = 4; done <= 20; done += 4)
        {
            var run = folder.Interrupt(4, arguments);
            Assert.AreEqual(130, run.ExitCode, run.Error);
            Assert.Contains($"{done} of {Count} texts", run.Error);
        }

        Assert.AreEqual(20, folder.EmbedTexts("--batch-size", "4").Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(100, 0)]
    [DataRow(128 + (16 * 3) + 5, 0)]
    [DataRow(128 + (16 * 4), 4)]
    [DataRow(128 + (16 * 11) + 15, 8)]
    [DataRow(128 + (16 * 12), 12)]
    public void PartialCutShort_GoesBackToTheLastWholeBatch(int length, int resumedFrom)
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        var expected = folder.MakeExpected(folder.ImagesArguments);
        Assert.AreEqual(130, folder.Interrupt(12, folder.ImagesArguments).ExitCode);
        using (var partial = File.OpenWrite(folder.Partial))
            partial.SetLength(length);

        Assert.AreEqual(resumedFrom, folder.EmbedImages("--batch-size", "4").Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    [TestMethod]
    public void PartialLongerThanVouchedFor_IsCut()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        var expected = folder.MakeExpected(folder.ImagesArguments);
        Assert.AreEqual(130, folder.Interrupt(8, folder.ImagesArguments).ExitCode);
        using (var partial = File.Open(folder.Partial, FileMode.Append))
            partial.Write(new byte[777]);

        Assert.AreEqual(8, folder.EmbedImages("--batch-size", "4").Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    [TestMethod]
    public void Crash_AtAnyBatch_LosesNothing()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        folder.BreakImage("002.bmp");
        folder.BreakImage("009.bmp");
        string[] arguments = [.. folder.ImagesArguments, "--skip-unusable"];
        var expected = folder.MakeExpected(arguments);

        // What lies on the disk while a run is going on is what a crash leaves.
        var crashes = new List<(byte[] Partial, byte[] Progress)>();
        var run = ToolRun.Execute([.. arguments, "--batch-size", "4"], observeRows: count =>
        {
            if (count > 0)
                crashes.Add((ReadShared(folder.Partial), ReadShared(folder.Progress)));
        });
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.HasCount(6, crashes);
        foreach (var (partial, progress) in crashes)
        {
            File.Delete(folder.Out);
            File.Delete(folder.GetPath("x.items.txt"));
            File.WriteAllBytes(folder.Partial, partial);
            File.WriteAllBytes(folder.Progress, progress);
            Assert.AreEqual(0, ToolRun.Execute([.. arguments, "--batch-size", "4"]).ExitCode);
            folder.CheckSame(expected);
        }
    }

    [TestMethod]
    public void BrokenImage_CanBeMendedAndTheRunGoesOn()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        var expected = folder.MakeExpected(folder.ImagesArguments);
        folder.BreakImage("013.bmp");
        var run = folder.EmbedImages("--batch-size", "4");
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(2, run.ErrorLines);
        Assert.Contains("12 of 22", run.ErrorLines[0]);
        Assert.Contains("013.bmp", run.ErrorLines[1]);

        folder.WriteImage("013.bmp", seed: 13);
        Assert.AreEqual(12, folder.EmbedImages("--batch-size", "4").Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    [TestMethod]
    public void LeftOutItems_AreRememberedAndNotRead()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        foreach (var name in new[] { "003.bmp", "004.bmp", "005.bmp", "006.bmp", "007.bmp", "021.bmp" })
            folder.BreakImage(name);
        string[] arguments = [.. folder.ImagesArguments, "--skip-unusable"];
        var expected = folder.MakeExpected(arguments);
        Assert.AreEqual(130, folder.Interrupt(8, arguments).ExitCode);
        CheckRefusedBecause(folder.EmbedImages("--batch-size", "4"), "--skip-unusable");

        var run = folder.EmbedImages("--skip-unusable", "--batch-size", "4");
        Assert.AreEqual(8, run.Json.GetProperty("resumedFrom").GetInt32());
        Assert.AreEqual(16, run.Json.GetProperty("rows").GetInt32());
        CollectionAssert.AreEqual(new[] { 3, 4, 5, 6, 7, 21 }, run.Json.GetProperty("skipped").EnumerateArray().Select(entry => entry.GetProperty("index").GetInt32()).ToArray());
        folder.CheckSame(expected);
    }

    [TestMethod]
    public void ItemsAddedBehind_AreEmbeddedToo()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        var expected = folder.MakeExpected(folder.ImagesArguments);
        File.Move(Path.Combine(folder.Images, "021.bmp"), folder.GetPath("021"));
        Assert.AreEqual(130, folder.Interrupt(8, folder.ImagesArguments).ExitCode);
        File.Move(folder.GetPath("021"), Path.Combine(folder.Images, "021.bmp"));
        Assert.AreEqual(8, folder.EmbedImages("--batch-size", "4").Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    [TestMethod]
    [DataRow("items", "of other items")]
    [DataRow("fewer", "of other items")]
    [DataRow("model", "another model")]
    [DataRow("dtype", "as float32, not as float64")]
    [DataRow("kind", "of images, not of texts")]
    [DataRow("progress", "is damaged")]
    [DataRow("progress cut", "is damaged")]
    [DataRow("no progress", "--restart")]
    public void AnotherRun_IsRefusedUntilRestart(string change, string named)
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        folder.WriteTexts(Count);
        Assert.AreEqual(130, folder.Interrupt(8, folder.ImagesArguments).ExitCode);
        string[] arguments = [.. folder.ImagesArguments, "--batch-size", "4"];
        switch (change)
        {
            case "items":
                File.Move(Path.Combine(folder.Images, "005.bmp"), Path.Combine(folder.Images, "005a.bmp"));
                break;
            case "fewer":
                for (var i = 5; i < Count; i++)
                    File.Delete(Path.Combine(folder.Images, $"{i:000}.bmp"));
                break;
            case "model":
                folder.WriteModel(seed: 8);
                break;
            case "dtype":
                arguments = [.. arguments, "--dtype", "float64"];
                break;
            case "kind":
                arguments = ["embed", "--model", folder.Model, "--texts", folder.Texts, "--out", folder.Out, "--json"];
                break;
            case "progress":
                File.WriteAllText(folder.Progress, File.ReadAllText(folder.Progress).Replace("\"Done\":8", "\"Done\":4", StringComparison.Ordinal));
                break;
            case "progress cut":
                File.WriteAllText(folder.Progress, File.ReadAllText(folder.Progress)[..40]);
                break;
            default:
                File.Delete(folder.Progress);
                break;
        }

        var (before, names) = (File.ReadAllBytes(folder.Partial), folder.ListOutputs());
        CheckRefusedBecause(ToolRun.Execute(arguments), named);
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder.Partial));
        CollectionAssert.AreEqual(names, folder.ListOutputs());

        var run = ToolRun.Execute([.. arguments, "--restart"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(0, run.Json.GetProperty("resumedFrom").GetInt32());
        CollectionAssert.AreEqual(new[] { "x.items.txt", "x.npy" }, folder.ListOutputs());
    }

    [TestMethod]
    public void AnotherBatchSize_MakesTheSameRows()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        Assert.AreEqual(0, folder.EmbedImages().ExitCode);
        var expected = WorkFolder.ReadNpy(folder.Out);
        Assert.AreEqual(130, folder.Interrupt(8, [.. folder.ImagesArguments, "--force"]).ExitCode);
        Assert.AreEqual(6, folder.EmbedImages("--batch-size", "3", "--force").Json.GetProperty("resumedFrom").GetInt32());
        var found = WorkFolder.ReadNpy(folder.Out);
        Assert.HasCount(Count, found);
        for (var i = 0; i < Count; i++)
        {
            for (var d = 0; d < EmbedFolder.Dimension; d++)
                Assert.AreEqual(expected[i][d], found[i][d], 1e-3, $"Row {i}, dimension {d}.");
        }
    }

    [TestMethod]
    public void SecondRunAtOnce_IsRefused()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(Count);
        var expected = folder.MakeExpected(folder.ImagesArguments);
        ToolRun? second = null;
        var first = ToolRun.Execute([.. folder.ImagesArguments, "--batch-size", "4"], observeRows: count =>
        {
            if (count >= 8)
                second ??= folder.EmbedImages("--restart");
        });
        CheckRefusedBecause(second!, "Another modality-gap is writing");
        Assert.AreEqual(0, first.ExitCode, first.Error);
        folder.CheckSame(expected);
    }

    [TestMethod]
    public void ClipShapedModel_InterruptedAndResumed_GivesTheSameBits()
    {
        using var folder = new EmbedFolder();
        using var models = new WorkFolder();
        var model = EmbedCommandTests.CreateClipShapedFolder(models);
        string[] arguments = ["embed", "--model", model, "--texts", folder.Texts, "--out", folder.Out, "--json"];
        folder.WriteTexts(30);
        var expected = folder.MakeExpected(arguments);
        Assert.AreEqual(130, folder.Interrupt(12, arguments).ExitCode);
        using (var partial = File.OpenWrite(folder.Partial))
            partial.SetLength(partial.Length - 3);
        Assert.AreEqual(8, ToolRun.Execute([.. arguments, "--batch-size", "4"]).Json.GetProperty("resumedFrom").GetInt32());
        folder.CheckSame(expected);
    }

    private static void CheckRefusedBecause(ToolRun run, string named) => EmbedCommandTests.CheckRefused(run, named);

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
