using System.Formats.Tar;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Every reader of data sets, by each of its files.</summary>
internal static class DataSetTargets
{
    private static readonly byte[] _a = ImageTarget.CreatePng(4, 4, 1), _b = ImageTarget.CreatePng(4, 4, 2);

    private static readonly (string, byte[])[] _images = [("a.png", _a), ("b.png", _b)];

    private static readonly TextShape _lines = new("a.png", "b.png", "\t", "#0", "#1", "\r\n", "1", "4", "0.5", "image", "caption", "class", "part", "first", "second", "preference", "test", "train");

    private static readonly TextShape _json = new("images", "annotations", "id", "file_name", "image_id", "caption", "filename", "filepath", "split", "sentences", "raw", "query_id", "corpus_id", "text", "image", "a.png", "b.png", "test", "restval");

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Target("karpathy", "dataset.json", _json, """{"images":[{"filename":"a.png","split":"test","sentences":[{"raw":"a cat"},{"raw":"one"}]},{"filepath":".","filename":"b.png","split":"restval","sentences":[]}]}"""),
        Target("coco-captions", "captions_val2014.json", _json, """{"images":[{"id":1,"file_name":"a.png"},{"id":"2","file_name":"b.png"}],"annotations":[{"image_id":1,"caption":"a cat"},{"image_id":"2","caption":"a dog"}]}"""),
        Target("flickr8k-token", "Flickr8k.token.txt", _lines, "a.png#0\ta cat\na.png#1\tone\nb.png#0\ta dog\n", ("Flickr_8k.testImages.txt", "a.png\nb.png\n")),
        Target("flickr8k-token", "Flickr_8k.testImages.txt", _lines, "a.png\nb.png\n", ("Flickr8k.token.txt", "a.png#0\ta cat\nb.png#0\ta dog\n")),
        Target("flickr8k-expert", "ExpertAnnotations.txt", _lines, "a.png\tb.png#0\t1\t2\t4\nb.png\ta.png#0\t3\t3\t3\n", ("Flickr8k.token.txt", "a.png#0\ta cat\nb.png#0\ta dog\n")),
        Target("flickr8k-cf", "CrowdFlowerAnnotations.txt", _lines, "a.png\tb.png#0\t0.5\t1\t1\nb.png\ta.png#0\t1\t3\t0\n", ("Flickr8k.token.txt", "a.png#0\ta cat\nb.png#0\ta dog\n")),
        Target("preferences", "preferences.tsv", _lines, "image\tfirst\tsecond\tpreference\tcategory\na.png\ta cat\ta dog\t3\tHC\nb.png\tone\ttwo\t-1.5\tMM\n"),
        Target("tsv", "table.tsv", _lines, "image\tcaption\tclass\tpart\na.png\ta cat\tcat\ttest\nb.png\ta dog\tdog\ttrain\n"),
        Target("mixbench", "queries.jsonl", _json, "{\"query_id\":\"1\",\"text\":\"a cat\",\"image\":null}\n{\"query_id\":2,\"image\":\"b.png\"}\n", ("mixed_corpus.jsonl", "{\"corpus_id\":\"d\",\"text\":\"x\",\"image\":\"a.png\"}\n"), ("qrels.tsv", "query-id\tcorpus-id\tscore\n1\td\t1\n")),
        Target("mixbench", "mixed_corpus.jsonl", _json, "{\"corpus_id\":\"d\",\"text\":\"x\",\"image\":\"a.png\"}\n{\"corpus_id\":3,\"text\":\"y\"}\n", ("queries.jsonl", "{\"query_id\":\"1\",\"text\":\"a cat\"}\n"), ("qrels.tsv", "query-id\tcorpus-id\tscore\n1\td\t1\n")),
        new DataSetTarget("image-folder", "classes.txt", _lines, ("classes.txt", Encoding.UTF8.GetBytes("n01\ta cat\nn02\ta dog\n")), ("n01/a.png", _a), ("n02/b.png", _b)),
        new DataSetTarget("cifar10", "test_batch.bin", ByteShape.Any, ("test_batch.bin", CreateRecords(labels: 1)), ("batches.meta.txt", Encoding.UTF8.GetBytes("cat\ndog\n"))),
        new DataSetTarget("cifar100", "test.bin", ByteShape.Any, ("test.bin", CreateRecords(labels: 2)), ("fine_label_names.txt", Encoding.UTF8.GetBytes("cat\ndog\n"))),
        new DataSetTarget("webdataset", "0.tar", new TarShape(_json), ("0.tar", CreateTar()), ("classnames.txt", Encoding.UTF8.GetBytes("cat\ndog\n"))),
    ];

    private static DataSetTarget Target(string format, string file, InputShape shape, string content, params (string Path, string Content)[] others) =>
        new(format, file, shape, [(file, Encoding.UTF8.GetBytes(content)), .. others.Select(other => (other.Path, Encoding.UTF8.GetBytes(other.Content))), .. _images]);

    /// <summary>Records of labels and 3 × 32 × 32 bytes.</summary>
    private static byte[] CreateRecords(int labels) => [.. Enumerable.Range(0, 3).SelectMany(i => Enumerable.Repeat((byte)(i % 2), labels).Concat(Enumerable.Range(0, 3072).Select(p => (byte)(p * (i + 1)))))];

    private static byte[] CreateTar() => Seeds.Save(stream =>
    {
        using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var (name, content) in new[] { ("s0.png", _a), ("s0.cls", "0"u8.ToArray()), ("s0.txt", "a cat\none\n"u8.ToArray()), ("s1.png", _b), ("s1.cls", "1"u8.ToArray()), ("s1.json", "{\"caption\":\"a dog\"}"u8.ToArray()) })
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
    });
}
