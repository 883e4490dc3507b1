namespace Microsoft.ML.ModalityGap.Tests.Persistence;

[TestClass]
public class InputFileTests
{
    /// <summary>Everything that reads a file; without a check each of these would wait without end.</summary>
    public static IEnumerable<object[]> Readers =>
    [
        ["map", (string path) => { EmbeddingMap.Load(path); }],
        ["statistics", (string path) => { ModalityStatistics.Load(path); }],
        ["pairs", (string path) => { PairStatistics.Load(path); }],
        ["rescorer", (string path) => { Rescorer.Load(path); }],
        ["index", (string path) => { EmbeddingIndex.Load(path); }],
        ["classes", (string path) => { ZeroShotClasses.Load(path); }],
        ["qrels.txt", (string path) => { Relevance.ReadJudgements(path); }],
        ["table.npy", (string path) => { new MLContext().ModalityGap().LoadFromNpy(("Image", path)); }],
        ["table.npz", (string path) => { new MLContext().ModalityGap().LoadFromNpy(("Image", path)); }],
        ["table.safetensors", (string path) => { new MLContext().ModalityGap().LoadFromNpy(("Image", path)); }],
        ["templates.txt", (string path) => { PromptTemplates.FromFile(path); }],
        ["hits", (string path) => { HitsPartFormat.Load(path); }],
        ["shard.npy", (string path) => { ShardFile.Read(path, path, CancellationToken.None); }],
        ["model.zip", (string path) => { SavedTransformer.Load(new MLContext(), path); }],
        ["results.json", (string path) => { InputFile.ReadAllText(path); }],
        ["table.onnx", (string path) => { new MLContext().ModalityGap().EvaluateEmbeddingTable(path); }],
    ];

    [TestMethod]
    [DynamicData(nameof(Readers))]
    [Timeout(600_000)]
    public void Read_PipeThatNobodyWritesTo_IsRefused(string name, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        var path = NamedPipe.Create(folder.File(name));
        StringAssert.Contains(Assert.Throws<IOException>(() => read(path)).Message, path);
    }

    /// <summary>A file of 1.9 GB that is one hole, and takes no room on the disk.</summary>
    [TestMethod]
    public void EvaluateEmbeddingTable_SparseFile_IsRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("hole.onnx");
        using (var file = File.Create(path))
            file.SetLength(1_900_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().ModalityGap().EvaluateEmbeddingTable(path));
        Assert.IsLessThan(1L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>A text of the tool's own has a few MB; one of 2 GB that is one hole is not read.</summary>
    [TestMethod]
    public void ReadAllText_SparseFile_IsRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder.File("hole.json")))
            file.SetLength(2_000_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => InputFile.ReadAllText(folder.File("hole.json"))).Message, "2000000000 bytes");
        Assert.IsLessThan(1L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Two thousand million modalities without a row take no byte of the file, and may take none of the memory.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void LoadFromNpy_ForgedShapeWithoutNumbers_IsRefusedWithoutMemory(bool isArchive)
    {
        using var folder = new TemporaryFolder();
        var content = NumberFiles.Npy([], [2_000_000_000, 0, 4]);
        var path = folder.File(isArchive ? "table.npz" : "table.npy");
        if (isArchive)
            NumberFiles.WriteNpz(path, System.IO.Compression.CompressionLevel.Optimal, ("table", content));
        else
            File.WriteAllBytes(path, content);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().ModalityGap().LoadFromNpy(("Image", path)));
        Assert.IsLessThan(4L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>So many files in one archive, each of no more than a header; by comparing each with all others it would take minutes.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void LoadFromNpy_ArchiveOfManyArrays_IsRefusedForItsMany()
    {
        using var folder = new TemporaryFolder();
        var content = NumberFiles.Npy([1, 2], [1, 2]);
        NumberFiles.WriteNpz(folder.File("many.npz"), System.IO.Compression.CompressionLevel.NoCompression, [.. Enumerable.Range(0, 20_000).Select(i => ($"a{i}", content))]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().ModalityGap().LoadFromNpy(("Image", folder.File("many.npz")))).Message, "several arrays");
    }

    /// <summary>What fails while rows are read leaves no file open.</summary>
    [TestMethod]
    public void Fit_FailingInTheMiddle_LeavesNoHandle()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext();
        foreach (var name in new[] { "image", "text" })
            File.WriteAllBytes(folder.File(name + ".npy"), NumberFiles.Npy([.. Enumerable.Range(0, 400).Select(i => i == 399 ? double.NaN : i % 7 - 2)], [100, 4]));
        var data = ml.ModalityGap().LoadFromNpy(("image", folder.File("image.npy")), ("text", folder.File("text.npy")));
        Assert.ThrowsExactly<InvalidDataException>(() => ml.Transforms.CenterModalities("image", "text").Fit(data));
        foreach (var load in new Action<string>[] { path => EmbeddingMap.Load(path), path => EmbeddingIndex.Load(path), path => ZeroShotClasses.Load(path), path => Rescorer.Load(path), path => ModalityStatistics.Load(path), path => PairStatistics.Load(path) })
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => load(folder.File("image.npy"))).Message, folder.File("image.npy"));
        OpenHandles.AssertNone(folder.Path);
    }
}
