using Microsoft.ML;
using Microsoft.ML.ModalityGap.Tests;

namespace SearchService.Tests;

[TestClass]
public class GalleryTests
{
    [TestMethod]
    public void Open_NoFolder_SaysHowToMakeOne() =>
        StringAssert.Contains(Assert.ThrowsExactly<DirectoryNotFoundException>(() => SearchServiceApp.Create(["--gallery", "no-such-gallery"])).Message, "--captions");

    [TestMethod]
    [DataRow("--model", "x")]
    [DataRow("--max-results", "0")]
    [DataRow("--max-results", "many")]
    public void Create_OptionsThatDoNotFit_AreRefused(string name, string value) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => SearchServiceApp.Create([name, value])).Message, name);

    [TestMethod]
    public void Open_IndexOfOtherMaps_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-gallery-").FullName;
        try
        {
            var ml = new MLContext(seed: 1);
            var (first, second) = (Path.Combine(folder, "first"), Path.Combine(folder, "second"));
            new GalleryBuilder(ml, SourcePairs.DrawScenes(20, 5)).Build(first);
            new GalleryBuilder(ml, SourcePairs.DrawScenes(25, 5)).Build(second);
            Assert.ThrowsExactly<IOException>(() => new GalleryBuilder(ml, SourcePairs.DrawScenes(20, 5)).Build(first), "Galleries are not mixed.");
            File.Copy(Path.Combine(second, GalleryFile.ClosedIndex), Path.Combine(first, GalleryFile.ClosedIndex), overwrite: true);
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => LoadedGallery.Open(ml, first)).Message, "the index holds rows");

            File.WriteAllText(Path.Combine(second, GalleryFile.Description), "{");
            Assert.ThrowsExactly<InvalidDataException>(() => LoadedGallery.Open(ml, second));
            File.Delete(Path.Combine(second, GalleryFile.RawIndex));
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => LoadedGallery.Open(ml, second)).Message, GalleryFile.RawIndex);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Each of a gallery's files, and what one is made of, may be a pipe that nobody writes to.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void Open_OfPipes_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-gallery-").FullName;
        try
        {
            var ml = new MLContext(seed: 1);
            var gallery = Path.Combine(folder, "gallery");
            new GalleryBuilder(ml, SourcePairs.DrawScenes(20, 5)).Build(gallery);
            foreach (var name in new[] { GalleryFile.RawIndex, GalleryFile.ClosedIndex, GalleryFile.ImageModel, GalleryFile.TextModel, GalleryFile.Description })
            {
                File.Delete(Path.Combine(gallery, name));
                NamedPipe.Create(Path.Combine(gallery, name));
                StringAssert.Contains(Assert.Throws<Exception>(() => LoadedGallery.Open(ml, gallery)).Message, "is a pipe or a device", name);
            }

            var (images, captions) = (Path.Combine(folder, "a.png"), Path.Combine(folder, "captions.tsv"));
            NamedPipe.Create(images);
            File.WriteAllText(captions, "a.png\ta pipe\n");
            Assert.ThrowsExactly<IOException>(() => SourcePairs.Read("model", folder, captions));
            Assert.ThrowsExactly<IOException>(() => SourcePairs.Read("model", folder, images));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a killed build left goes with the next one of the same gallery; what another builds now, and other galleries' remains, stay.</summary>
    [TestMethod]
    public void Build_SweepsWhatAKilledBuildLeft()
    {
        var parent = Directory.CreateTempSubdirectory("modality-gap-").FullName;
        try
        {
            var left = Path.Combine(parent, $".gallery.{Guid.NewGuid():N}.tmp");
            string[] others = [Path.Combine(parent, $".gallery.2.{Guid.NewGuid():N}.tmp"), Path.Combine(parent, ".gallery.mine.tmp")];
            foreach (var folder in (string[])[left, .. others])
                File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, "text-model.zip"), "half");
            using var current = UnfinishedGallery.Create(parent, "gallery");
            new GalleryBuilder(new MLContext(seed: 1), SourcePairs.DrawScenes(fitCount: 20, shownCount: 5)).Build(Path.Combine(parent, "gallery"));
            Assert.IsFalse(Directory.Exists(left));
            foreach (var kept in (string[])[current.Folder, .. others])
                Assert.IsTrue(Directory.Exists(kept), kept);
            Assert.IsFalse(File.Exists(Path.Combine(parent, "gallery", ".lock")));
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    [TestMethod]
    public void Build_FromImagesAndCaptions_MakesAGalleryOfThem()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-gallery-").FullName;
        try
        {
            var pairs = SourcePairs.DrawScenes(3, 12);
            foreach (var pair in pairs.Shown)
                File.WriteAllBytes(Path.Combine(folder, pair.FileName), pair.Image);
            var captions = Path.Combine(folder, "captions.tsv");
            File.WriteAllLines(captions, pairs.Shown.Select(pair => $"{pair.FileName}\t{pair.Caption}"));
            new GalleryBuilder(new MLContext(seed: 1), SourcePairs.Read(pairs.ModelFolder, folder, captions)).Build(Path.Combine(folder, "gallery"));
            using var gallery = LoadedGallery.Open(new MLContext(), Path.Combine(folder, "gallery"));
            Assert.AreEqual(24, gallery.Closed.Count);
            CollectionAssert.AreEqual(pairs.Shown[2].Image, File.ReadAllBytes(gallery.FindImage("image-2")!));

            File.WriteAllLines(captions, File.ReadLines(captions).Take(9).ToArray());
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SourcePairs.Read(pairs.ModelFolder, folder, captions)).Message, "at least 10");
            File.WriteAllLines(captions, pairs.Shown.Select(pair => $"{pair.FileName}\t{pair.Caption}"));
            File.AppendAllText(captions, "a line without a tab\n");
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SourcePairs.Read(pairs.ModelFolder, folder, captions)).Message, "line 13");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
