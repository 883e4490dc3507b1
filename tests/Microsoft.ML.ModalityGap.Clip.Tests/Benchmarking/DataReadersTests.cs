using System.Globalization;
using System.Text;
using System.Text.Json;
using TinyClip;

namespace Microsoft.ML.ModalityGap.Tests.Benchmarking;

[TestClass]
public sealed class DataReadersTests
{
    private const int Count = 16;
    private static readonly TemporaryFolder _folder = new();
    private static readonly Lazy<IReadOnlyDictionary<string, string>> _written =
        new(() => DrawnDataSets.Write(_folder.Path, Count).ToDictionary(entry => entry.Format, entry => entry.Folder, StringComparer.Ordinal));

    [ClassCleanup]
    public static void CleanUp() => _folder.Dispose();

    public static IEnumerable<object[]> Formats => DataReaders.All.Select(reader => new object[] { reader.Format });

    // Per format: images, distinct (image, caption) entries, classes in the test part, ratings, preferences, queries.
    [TestMethod]
    [DataRow("karpathy", 2 * Count, 10 * Count, false, 0, 0, 0)]
    [DataRow("coco-captions", 2 * Count, 10 * Count, false, 0, 0, 0)]
    [DataRow("flickr8k-token", Count, 5 * Count, false, 0, 0, 0)]
    [DataRow("flickr8k-expert", Count, 0, false, 5 * Count, 0, 0)]
    [DataRow("flickr8k-cf", Count, 0, false, 5 * Count, 0, 0)]
    [DataRow("preferences", Count, 0, false, 0, Count, 0)]
    [DataRow("image-folder", 2 * Count, 0, true, 0, 0, 0)]
    [DataRow("cifar10", 2 * Count, 0, true, 0, 0, 0)]
    [DataRow("cifar100", 2 * Count, 0, true, 0, 0, 0)]
    [DataRow("mixbench", Count - Count / 3, 0, false, 0, 0, Count)]
    [DataRow("webdataset", 2 * Count, 10 * Count, true, 0, 0, 0)]
    [DataRow("tsv", 2 * Count, 2 * Count, true, 0, 0, 0)]
    public void Read_OfDrawnScenes_FindsEverything(string format, int images, int captions, bool hasClasses, int ratings, int preferences, int queries)
    {
        var data = Read(format);

        Assert.HasCount(images, data.Images);
        Assert.HasCount(captions, data.Captions);
        Assert.AreEqual(hasClasses, data.Classes is not null);
        Assert.HasCount(ratings, data.Ratings);
        Assert.HasCount(preferences, data.Preferences);
        Assert.AreEqual(queries, data.Search?.Queries.Count ?? 0);
        Assert.HasCount(data.Texts.Count, data.Texts.Distinct().ToList());

        // Scenes are drawn in the order of the numbers in their names: what belongs to an image is what was drawn with it.
        var scenes = SceneDataset.Create(SceneSplit.Test, 2 * Count, 11);
        if (format is "karpathy" or "webdataset")
        {
            foreach (var caption in data.Captions)
            {
                var image = data.Images[caption.Image];
                var number = int.Parse(new string([.. Path.GetFileNameWithoutExtension(image.Id.Split('/')[^1]).Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture);
                var scene = scenes[format == "webdataset" && image.Part == DataParts.Test ? number + Count : number];
                CollectionAssert.Contains(scene.Captions.ToArray(), data.Texts[caption.Text]);
                if (data.Classes is not null)
                    Assert.AreEqual(DrawnDataSets.GetClass(scene), data.Classes.Names[image.Class]);
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Read_OfAnEmptyFolder_SaysWhatIsExpected(string format)
    {
        using var folder = new TemporaryFolder();
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => DataReaders.Read(new BenchmarkSource(format, folder.Path)));
        StringAssert.Contains(exception.Message, "is expected");
        StringAssert.Contains(exception.Message, format);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Read_OfNoFolder_SaysSo(string format) =>
        StringAssert.Contains(Assert.ThrowsExactly<DirectoryNotFoundException>(() => DataReaders.Read(new BenchmarkSource(format, "no-such-folder"))).Message, "'no-such-folder'");

    [TestMethod]
    public void Read_OfAnUnknownFormat_ListsThoseThereAre()
    {
        using var folder = new TemporaryFolder();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => DataReaders.Read(new BenchmarkSource("flickr9k", folder.Path))).Message, "'flickr8k-token'");
    }

    [TestMethod]
    [DataRow("flickr8k", "karpathy")]
    [DataRow("flickr8k", "flickr8k-token")]
    [DataRow("coco", "coco-captions")]
    [DataRow("imagenet", "image-folder")]
    [DataRow("birdsnap", "webdataset")]
    public void Read_OfAWellKnownName_TakesTheFormatThatIsThere(string name, string format) =>
        Assert.AreEqual(format, DataReaders.Read(new BenchmarkSource(name, _written.Value[format])).Format);

    [TestMethod]
    [DataRow("karpathy", "images", "missing image")]
    [DataRow("coco-captions", "val2017", "missing image")]
    [DataRow("flickr8k-token", "Flicker8k_Dataset", "missing image")]
    [DataRow("flickr8k-expert", "Flicker8k_Dataset", "missing image")]
    [DataRow("preferences", "images", "missing image")]
    [DataRow("mixbench", "images", "missing image")]
    [DataRow("tsv", "images", "missing image")]
    public void Read_WithAMissingAndAnExtraImage_NamesBoth(string format, string images, string kind)
    {
        using var folder = new TemporaryFolder();
        var copy = Copy(format, folder);
        var names = Directory.GetFiles(Path.Combine(copy, images)).Order(StringComparer.Ordinal).ToList();
        var lost = format == "mixbench" ? names[0] : names[^1];
        File.Move(lost, Path.Combine(copy, images, "stranger.png"));

        var findings = DataReaders.Read(new BenchmarkSource(format, copy)).Findings;

        var missing = findings.Single(finding => finding.Kind == kind);
        Assert.AreEqual(1, missing.Count);
        StringAssert.Contains(missing.Examples[0], Path.GetFileName(lost));
        CollectionAssert.Contains(findings.Single(finding => finding.Kind == "image file that no entry names").Examples.ToArray(), $"{images}/stranger.png");
    }

    [TestMethod]
    public void Read_OfCifar_GivesThePixelsBack()
    {
        foreach (var (format, file, skipped) in new[] { ("cifar10", "test_batch.bin", 1), ("cifar100", "test.bin", 2) })
        {
            var data = Read(format);
            var image = data.Images.First(entry => entry.Part == DataParts.Test);
            var record = File.ReadAllBytes(Path.Combine(_written.Value[format], file)).AsSpan(skipped, 3072);
            var decoder = new ClipImageDecoder(1 << 20, appliesOrientation: false);
            decoder.Decode(image.Content.Read());
            Assert.AreEqual((32, 32), (decoder.Width, decoder.Height));
            for (var i = 0; i < 1024; i++)
                Assert.AreEqual((record[i], record[1024 + i], record[2048 + i], 255), (decoder.Pixels[4 * i], decoder.Pixels[4 * i + 1], decoder.Pixels[4 * i + 2], decoder.Pixels[4 * i + 3]));
        }
    }

    [TestMethod]
    public void Read_OfAWebDataset_GivesTheFilesBack()
    {
        var data = Read("webdataset");
        var scene = SceneDataset.Create(SceneSplit.Test, 2 * Count, 11)[Count];
        var image = data.Images.First(entry => entry.Part == DataParts.Test);
        CollectionAssert.AreEqual(scene.RenderPng(64), image.Content.Read());
        CollectionAssert.AreEqual(new[] { "a {}", "a picture of a {}" }, data.Classes!.Templates!.ToArray());
    }

    // A damaged file is named, with the place in it, whatever the damage.
    [TestMethod]
    [DataRow("karpathy", "dataset_scenes.json", "{\"images\":[{\"split\":\"test\"}]}", "images[0]")]
    [DataRow("karpathy", "dataset_scenes.json", "{\"images\":", "not valid JSON")]
    [DataRow("karpathy", "dataset_scenes.json", "{}", "no list 'images'")]
    [DataRow("coco-captions", "annotations/captions_val2017.json", "{\"images\":[{\"id\":1}]}", "no text 'file_name'")]
    [DataRow("flickr8k-token", "Flickr8k.token.txt", "scene_0000.png no tab\n", "line 1")]
    [DataRow("flickr8k-expert", "ExpertAnnotations.txt", "a.png\tb.png#2\t1\t2\n", "line 1")]
    [DataRow("flickr8k-expert", "ExpertAnnotations.txt", "a.png\tb.png#2\t1\t2\tx\n", "'x' is no number")]
    [DataRow("flickr8k-expert", "ExpertAnnotations.txt", "a.png\tb.png#2\t1\t2\t5\n", "line 1")]
    [DataRow("flickr8k-cf", "CrowdFlowerAnnotations.txt", "a.png\tb.png#2\t1.5\t2\t1\n", "line 1")]
    [DataRow("preferences", "preferences.tsv", "image\tfirst\tsecond\n", "no column 'preference'")]
    [DataRow("preferences", "preferences.tsv", "image\tfirst\tsecond\tpreference\na.png\tx\ty\tmuch\n", "'much' is no number")]
    [DataRow("preferences", "preferences.tsv", "image\tfirst\tsecond\tpreference\na.png\tx\n", "2 columns")]
    [DataRow("cifar10", "test_batch.bin", "short", "5 bytes")]
    [DataRow("mixbench", "queries.jsonl", "{\"query_id\":\"q\"}\n", "neither a text nor an image")]
    [DataRow("mixbench", "queries.jsonl", "[1]\n", "should hold a JSON object")]
    [DataRow("mixbench", "qrels.tsv", "q0\td0\t0\n", "of no document that it is relevant")]
    [DataRow("mixbench", "queries.jsonl", "{\"query_id\":\"\\ud800\",\"text\":\"half of a pair\"}\n", "no valid text")]
    [DataRow("webdataset", "test/0.tar", "no tar at all, just a few words of text that are far too short", "0.tar")]
    [DataRow("tsv", "scenes.tsv", "picture\tcaption\na.png\tb\n", "no column 'image'")]
    [DataRow("tsv", "scenes.tsv", "image\na.png\n", "neither a column 'caption'")]
    public void Read_OfADamagedFile_NamesItAndThePlace(string format, string file, string content, string expected)
    {
        using var folder = new TemporaryFolder();
        var copy = Copy(format, folder);
        File.WriteAllText(Path.Combine(copy, file), content);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => DataReaders.Read(new BenchmarkSource(format, copy)));
        StringAssert.Contains(exception.Message, Path.GetFileName(file));
        StringAssert.Contains(exception.Message, expected);
    }

    /// <summary>A header that says of the name behind it, and one that says of the image behind it, that they have gigabytes: no memory is taken for them.</summary>
    [TestMethod]
    [DataRow('L', "followed by 2147483647 bytes of names")]
    [DataRow('x', "followed by 2147483647 bytes of names")]
    [DataRow('0', "cut short")]
    public void Read_OfATarWhoseMemberClaimsGigabytes_TakesNoMemory(char kind, string expected)
    {
        using var folder = new TemporaryFolder();
        var copy = Copy("webdataset", folder);
        File.WriteAllBytes(Path.Combine(copy, "test", "0.tar"), CreateTarHeader("s0.png", kind));
        var before = GC.GetAllocatedBytesForCurrentThread();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => DataReaders.Read(new BenchmarkSource("webdataset", copy))).Message, expected);
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>The member is there, as a hole of a gigabyte in the file: a text has no such length.</summary>
    [TestMethod]
    [DataRow("s0.txt")]
    [DataRow("s0.cls")]
    [DataRow("s0.json")]
    public void Read_OfATarWhoseTextIsAHole_TakesNoMemory(string name)
    {
        using var folder = new TemporaryFolder();
        var copy = Copy("webdataset", folder);
        using (var file = File.Create(Path.Combine(copy, "test", "0.tar")))
        {
            file.Write(CreateTarHeader(name, '0', "10000000000"));
            file.SetLength((1L << 30) + 2048);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.ThrowsExactly<InvalidDataException>(() => DataReaders.Read(new BenchmarkSource("webdataset", copy))).Message;
        StringAssert.Contains(message, $"member '{name}' has 1073741824 bytes");
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Ten links in each folder that lead to the top: followed again and again, as deep as the system lets them be, they would be 10^40 folders.</summary>
    [TestMethod]
    [DataRow("image-folder")]
    [DataRow("webdataset")]
    [DataRow("karpathy")]
    [Timeout(600_000)]
    public void Read_OfLinksThatLeadBack_ComesToAnEndAndFindsTheSame(string format)
    {
        using var folder = new TemporaryFolder();
        var copy = Copy(format, folder);
        foreach (var place in Directory.GetDirectories(copy, "*", SearchOption.AllDirectories).Append(copy).ToArray())
        {
            for (var i = 0; i < 10; i++)
                Directory.CreateSymbolicLink(Path.Combine(place, $"back{i}"), copy);
        }

        CollectionAssert.AreEqual(Read(format).Images.Select(image => image.Id).ToArray(), DataReaders.Read(new BenchmarkSource(format, copy)).Images.Select(image => image.Id).ToArray());
    }

    /// <summary>As in the cache of Hugging Face, where a data set's files are links to what lies beside its folder; and as people put images on another disk.</summary>
    [TestMethod]
    public void Read_OfLinksToElsewhere_FollowsThem()
    {
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        var copy = Copy("karpathy", elsewhere);
        foreach (var entry in Directory.GetFileSystemEntries(copy))
            File.CreateSymbolicLink(Path.Combine(folder.Path, Path.GetFileName(entry)), entry);
        var data = DataReaders.Read(new BenchmarkSource("karpathy", folder.Path));
        CollectionAssert.AreEqual(Read("karpathy").Images.Select(image => image.Id).ToArray(), data.Images.Select(image => image.Id).ToArray());
        Assert.IsNotEmpty(data.Images[0].Content.Read());
    }

    /// <summary>Names in a data set's files are those of its folder only, and what lies there may be a pipe.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void Read_OfANameThatLeadsOut_FindsNothing_AndAPipeIsNotRead()
    {
        using var folder = new TemporaryFolder();
        var set = Directory.CreateDirectory(folder.File("set")).FullName;
        File.WriteAllBytes(folder.File("secret.png"), [1, 2, 3]);
        NamedPipe.Create(Path.Combine(set, "pipe.png"));
        var names = new[] { "../secret.png", folder.File("secret.png"), "sub/../../secret.png", "pipe.png" };
        File.WriteAllText(Path.Combine(set, "dataset.json"), JsonSerializer.Serialize(new { images = names.Select(name => new { filename = name, split = "test", sentences = new[] { new { raw = "a cat" } } }) }));
        var data = DataReaders.Read(new BenchmarkSource("karpathy", set));
        Assert.AreEqual("pipe.png", string.Join(", ", data.Images.Select(image => image.Id)));
        Assert.AreEqual(3, data.Findings.Single(finding => finding.Kind == "missing image").Count);
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => data.Images[0].Content.Read()).Message, "is a pipe or a device");
    }

    /// <summary>A number where a part's name is expected is no error: it means nothing here.</summary>
    [TestMethod]
    public void Read_OfAKarpathyFileWithANumberForAPart_IsMeasured()
    {
        using var folder = new TemporaryFolder();
        var copy = Copy("karpathy", folder);
        var file = Path.Combine(copy, "dataset_scenes.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"split\":\"test\"", "\"split\":7", StringComparison.Ordinal).Replace("\"split\": \"test\"", "\"split\": 7", StringComparison.Ordinal));
        Assert.IsTrue(DataReaders.Read(new BenchmarkSource("karpathy", copy)).HasPart(DataParts.Test));
    }

    [TestMethod]
    public void Read_WithIdsTwice_KeepsTheFirstAndNamesTheOthers()
    {
        using var folder = new TemporaryFolder();
        var copy = Copy("mixbench", folder);
        var queries = Path.Combine(copy, "queries.jsonl");
        File.AppendAllText(queries, "{\"query_id\":\"q0\",\"text\":\"another\"}\n");
        var data = DataReaders.Read(new BenchmarkSource("mixbench", copy));
        Assert.HasCount(Count, data.Search!.Queries);
        CollectionAssert.AreEqual(new[] { "q0" }, data.Findings.Single(finding => finding.Kind == "duplicate query_id").Examples.ToArray());
        CollectionAssert.DoesNotContain(data.Texts.ToArray(), "another");
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Limit_KeepsAFewOfEachPartAndWhatBelongsToThem(string format)
    {
        var all = Read(format);
        var few = all.Limit(4);
        if (format == "mixbench")
        {
            Assert.HasCount(4, few.Search!.Queries);
            var documents = few.Search.Documents.Select(document => document.Id).ToHashSet();
            Assert.IsTrue(few.Search.Judgements.All(judgement => documents.Contains(judgement.DocumentId)));
        }
        else
        {
            foreach (var part in all.Images.Select(image => image.Part).Distinct())
                Assert.HasCount(Math.Min(4, all.GetImages(part).Count), few.GetImages(part));
        }

        // What was said of an image is said of it still.
        var said = all.Captions.Select(caption => (all.Images[caption.Image].Id, all.Texts[caption.Text])).ToHashSet();
        Assert.IsTrue(few.Captions.All(caption => said.Contains((few.Images[caption.Image].Id, few.Texts[caption.Text]))));
        var marked = all.Ratings.Select(rating => (all.Images[rating.Image].Id, all.Texts[rating.Text], rating.Marks[0])).ToHashSet();
        Assert.IsTrue(few.Ratings.All(rating => marked.Contains((few.Images[rating.Image].Id, few.Texts[rating.Text], rating.Marks[0]))));
        Assert.AreEqual(few.Texts.Count, few.Captions.Select(caption => caption.Text)
            .Concat(few.Ratings.Select(rating => rating.Text)).Concat(few.Preferences.SelectMany(preference => new[] { preference.First, preference.Second }))
            .Concat((few.Search?.Queries.Concat(few.Search.Documents) ?? []).Select(document => document.Text).OfType<int>()).Distinct().Count());
    }

    private static BenchmarkData Read(string format) => DataReaders.Read(new BenchmarkSource(format, _written.Value[format]));

    private static string Copy(string format, TemporaryFolder folder)
    {
        var source = _written.Value[format];
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder.Path, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return folder.Path;
    }

    /// <param name="name">Of a member.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="size">How long it is, octal.</param>
    private static byte[] CreateTarHeader(string name, char kind, string size = "17777777777")
    {
        var header = new byte[1024];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        Encoding.ASCII.GetBytes($"0000644\00000000\00000000\0{size}\000000000000\0        ").CopyTo(header, 100);
        header[156] = (byte)kind;
        Encoding.ASCII.GetBytes("ustar\000").CopyTo(header, 257);
        Encoding.ASCII.GetBytes(Convert.ToString(header.Take(512).Sum(part => part), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }
}
