using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SkiaSharp;

namespace TinyClip;

/// <summary>Drawn scenes as data sets in the formats that people have on disk: small, and the same from the same seed.</summary>
public static class DrawnDataSets
{
    private const int ImageSize = 64;
    private const int CifarEdge = 32;

    // How far away the scenes stand whose captions an image is rated with.
    private static readonly int[] _steps = [0, 1, 2, 3, 5, 8];

    /// <summary>Writes one data set of each format.</summary>
    /// <param name="folder">Where to; made where it is not there.</param>
    /// <param name="count">How many scenes a part has, at least 16.</param>
    /// <param name="seed">Where the drawing of lots starts.</param>
    /// <returns>Per format of <c>modality-gap benchmark --data</c> its folder.</returns>
    public static IReadOnlyList<(string Format, string Folder)> Write(string folder, int count = 64, ulong seed = 11)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 16);
        var scenes = SceneDataset.Create(SceneSplit.Test, 2 * count, seed);
        var (training, test) = (scenes.Take(count).ToList(), scenes.Skip(count).ToList());
        var written = new List<(string, string)>();
        foreach (var (format, write) in new (string, Action<string, IReadOnlyList<Scene>, IReadOnlyList<Scene>>)[]
        {
            ("karpathy", WriteKarpathy),
            ("coco-captions", WriteCoco),
            ("flickr8k-token", (place, _, tested) => WriteFlickr8k(place, tested)),
            ("flickr8k-expert", (place, _, tested) => WriteExpert(place, tested)),
            ("flickr8k-cf", (place, _, tested) => WriteCrowdFlower(place, tested)),
            ("preferences", (place, _, tested) => WritePreferences(place, tested)),
            ("image-folder", WriteImageFolder),
            ("cifar10", (place, trained, tested) => WriteCifar(place, trained, tested, isFine: false)),
            ("cifar100", (place, trained, tested) => WriteCifar(place, trained, tested, isFine: true)),
            ("mixbench", (place, _, tested) => WriteMixBench(place, tested)),
            ("webdataset", WriteWebDataset),
            ("tsv", WriteTable),
        })
        {
            var place = Path.Combine(folder, format);
            Directory.CreateDirectory(place);
            write(place, training, test);
            written.Add((format, place));
        }

        return written;
    }

    /// <summary>The class of a scene in the labelled data sets: the shape of its first group.</summary>
    public static string GetClass(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return scene.First.Shape.ToString().ToLowerInvariant();
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"scene_{number:D4}.png");

    private static void Save(string path, Scene scene)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, scene.RenderPng(ImageSize));
    }

    private static void SaveJson(string path, object content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(content));
    }

    private static void WriteKarpathy(string folder, IReadOnlyList<Scene> training, IReadOnlyList<Scene> test)
    {
        var images = new List<object>();
        var sentence = 0;
        foreach (var (scene, split) in training.Select(scene => (scene, "train")).Concat(test.Select(scene => (scene, "test"))))
        {
            var name = Name(images.Count);
            Save(Path.Combine(folder, "images", name), scene);
            images.Add(new { filename = name, imgid = images.Count, split, sentences = scene.Captions.Select(caption => new { raw = caption, sentid = sentence++, tokens = caption.Split(' ') }).ToArray() });
        }

        SaveJson(Path.Combine(folder, "dataset_scenes.json"), new { images, dataset = "scenes" });
    }

    private static void WriteCoco(string folder, IReadOnlyList<Scene> training, IReadOnlyList<Scene> test)
    {
        var number = 0;
        foreach (var (scenes, part) in new[] { (training, "train2017"), (test, "val2017") })
        {
            var (images, annotations) = (new List<object>(), new List<object>());
            foreach (var scene in scenes)
            {
                var id = ++number;
                Save(Path.Combine(folder, part, Name(id)), scene);
                images.Add(new { id, file_name = Name(id), height = ImageSize, width = ImageSize });
                foreach (var caption in scene.Captions)
                    annotations.Add(new { id = (1000 * id) + annotations.Count, image_id = id, caption });
            }

            SaveJson(Path.Combine(folder, "annotations", $"captions_{part}.json"), new { info = new { year = 2017 }, images, annotations });
        }
    }

    private static void WriteFlickr8k(string folder, IReadOnlyList<Scene> scenes)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < scenes.Count; i++)
        {
            Save(Path.Combine(folder, "Flicker8k_Dataset", Name(i)), scenes[i]);
            for (var j = 0; j < scenes[i].Captions.Count; j++)
                lines.Append(CultureInfo.InvariantCulture, $"{Name(i)}#{j}\t{scenes[i].Captions[j]}\n");
        }

        File.WriteAllText(Path.Combine(folder, "Flickr8k.token.txt"), lines.ToString());
        var (train, dev) = (scenes.Count / 2, scenes.Count * 5 / 8);
        File.WriteAllLines(Path.Combine(folder, "Flickr_8k.trainImages.txt"), Enumerable.Range(0, train).Select(Name));
        File.WriteAllLines(Path.Combine(folder, "Flickr_8k.devImages.txt"), Enumerable.Range(train, dev - train).Select(Name));
        File.WriteAllLines(Path.Combine(folder, "Flickr_8k.testImages.txt"), Enumerable.Range(dev, scenes.Count - dev).Select(Name));
    }

    /// <summary>How many of a scene's four plainest traits another has: what people would mark a caption by.</summary>
    private static int CountAlike(Scene scene, Scene other) =>
        (scene.Background == other.Background ? 1 : 0) + (scene.First.Shape == other.First.Shape ? 1 : 0) + (scene.First.Color == other.First.Color ? 1 : 0) + (scene.First.Count == other.First.Count ? 1 : 0);

    private static IEnumerable<(int Image, int Other, int Alike)> Rate(IReadOnlyList<Scene> scenes) =>
        from image in Enumerable.Range(0, scenes.Count)
        from step in _steps
        let other = (image + step) % scenes.Count
        select (image, other, CountAlike(scenes[image], scenes[other]));

    private static void WriteExpert(string folder, IReadOnlyList<Scene> scenes)
    {
        WriteFlickr8k(folder, scenes);
        File.WriteAllLines(Path.Combine(folder, "ExpertAnnotations.txt"), Rate(scenes).Select(rating =>
        {
            var mark = 1 + Math.Min(3, rating.Alike);
            return string.Create(CultureInfo.InvariantCulture, $"{Name(rating.Image)}\t{Name(rating.Other)}#2\t{mark}\t{Math.Max(1, mark - (rating.Image % 2))}\t{Math.Min(4, mark + (rating.Other % 2))}");
        }));
    }

    private static void WriteCrowdFlower(string folder, IReadOnlyList<Scene> scenes)
    {
        WriteFlickr8k(folder, scenes);
        File.WriteAllLines(Path.Combine(folder, "CrowdFlowerAnnotations.txt"), Rate(scenes).Select(rating =>
            string.Create(CultureInfo.InvariantCulture, $"{Name(rating.Image)}\t{Name(rating.Other)}#2\t{Math.Round(rating.Alike / 4.0, 2)}\t{rating.Alike}\t{4 - rating.Alike}")));
    }

    private static void WritePreferences(string folder, IReadOnlyList<Scene> scenes)
    {
        var lines = new List<string> { "image\tfirst\tsecond\tpreference\tcategory" };
        for (var i = 0; i < scenes.Count; i++)
        {
            Save(Path.Combine(folder, "images", Name(i)), scenes[i]);
            var (own, other) = (scenes[i].Captions[1], scenes[(i + 1) % scenes.Count].Captions[1]);
            lines.Add(i % 2 == 0 ? $"{Name(i)}\t{own}\t{other}\t20\tHI" : $"{Name(i)}\t{other}\t{own}\t-12\tHM");
        }

        File.WriteAllLines(Path.Combine(folder, "preferences.tsv"), lines);
    }

    private static void WriteImageFolder(string folder, IReadOnlyList<Scene> training, IReadOnlyList<Scene> test)
    {
        foreach (var (scenes, part) in new[] { (training, "train"), (test, "test") })
        {
            for (var i = 0; i < scenes.Count; i++)
                Save(Path.Combine(folder, part, GetClass(scenes[i]), Name(i)), scenes[i]);
        }

        File.WriteAllLines(Path.Combine(folder, "classes.txt"), training.Concat(test).Select(GetClass).Distinct().Select(name => $"{name}\t{name} shape"));
    }

    private static void WriteCifar(string folder, IReadOnlyList<Scene> training, IReadOnlyList<Scene> test, bool isFine)
    {
        string[] names = [.. training.Concat(test).Select(GetClass).Distinct().Order(StringComparer.Ordinal)];
        File.WriteAllLines(Path.Combine(folder, isFine ? "fine_label_names.txt" : "batches.meta.txt"), names);
        if (isFine)
            File.WriteAllLines(Path.Combine(folder, "coarse_label_names.txt"), ["shapes"]);
        foreach (var (scenes, file) in new[] { (training, isFine ? "train.bin" : "data_batch_1.bin"), (test, isFine ? "test.bin" : "test_batch.bin") })
        {
            using var stream = File.Create(Path.Combine(folder, file));
            foreach (var scene in scenes)
            {
                if (isFine)
                    stream.WriteByte(0);
                stream.WriteByte((byte)Array.IndexOf(names, GetClass(scene)));
                using var drawn = scene.Render(CifarEdge);
                foreach (var channel in new Func<SKColor, byte>[] { color => color.Red, color => color.Green, color => color.Blue })
                {
                    for (var i = 0; i < CifarEdge * CifarEdge; i++)
                        stream.WriteByte(channel(drawn.GetPixel(i % CifarEdge, i / CifarEdge)));
                }
            }
        }
    }

    private static void WriteMixBench(string folder, IReadOnlyList<Scene> scenes)
    {
        var (queries, corpus, judgements) = (new List<string>(), new List<string>(), new List<string> { "query-id\tcorpus-id\tscore" });
        for (var i = 0; i < scenes.Count; i++)
        {
            var image = $"images/{Name(i)}";
            Save(Path.Combine(folder, image), scenes[i]);
            queries.Add(JsonSerializer.Serialize(new { query_id = $"q{i}", text = scenes[i].Captions[0] }));

            // By turns an image, a text, and both.
            corpus.Add((i % 3) switch
            {
                0 => JsonSerializer.Serialize(new { corpus_id = $"d{i}", text = "", image }),
                1 => JsonSerializer.Serialize(new { corpus_id = $"d{i}", text = scenes[i].Captions[3], image = "" }),
                _ => JsonSerializer.Serialize(new { corpus_id = $"d{i}", text = scenes[i].Captions[2], image }),
            });
            judgements.Add($"q{i}\td{i}\t1");
        }

        File.WriteAllLines(Path.Combine(folder, "queries.jsonl"), queries);
        File.WriteAllLines(Path.Combine(folder, "mixed_corpus.jsonl"), corpus);
        File.WriteAllLines(Path.Combine(folder, "qrels.tsv"), judgements);
    }

    private static void WriteWebDataset(string folder, IReadOnlyList<Scene> training, IReadOnlyList<Scene> test)
    {
        string[] names = [.. training.Concat(test).Select(GetClass).Distinct().Order(StringComparer.Ordinal)];
        File.WriteAllLines(Path.Combine(folder, "classnames.txt"), names);
        File.WriteAllLines(Path.Combine(folder, "zeroshot_classification_templates.txt"), ["a {c}", "a picture of a {c}"]);
        foreach (var (scenes, part) in new[] { (training, "train"), (test, "test") })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            using var stream = File.Create(Path.Combine(folder, part, "0.tar"));
            using var writer = new TarWriter(stream, TarEntryFormat.Ustar);
            for (var i = 0; i < scenes.Count; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"s{i:D6}");
                foreach (var (extension, content) in new (string, byte[])[]
                {
                    ("cls", Encoding.ASCII.GetBytes(Array.IndexOf(names, GetClass(scenes[i])).ToString(CultureInfo.InvariantCulture))),
                    ("png", scenes[i].RenderPng(ImageSize)),
                    ("txt", Encoding.UTF8.GetBytes(string.Join('\n', scenes[i].Captions))),
                })
                {
                    using var data = new MemoryStream(content);
                    writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{key}.{extension}") { DataStream = data, ModificationTime = DateTimeOffset.UnixEpoch });
                }
            }
        }
    }

    private static void WriteTable(string folder, IReadOnlyList<Scene> training, IReadOnlyList<Scene> test)
    {
        var lines = new List<string> { "image\tcaption\tpart\tclass" };
        foreach (var (scene, part) in training.Select(scene => (scene, "train")).Concat(test.Select(scene => (scene, "test"))))
        {
            var name = Name(lines.Count);
            Save(Path.Combine(folder, "images", name), scene);
            lines.Add($"images/{name}\t{scene.Captions[0]}\t{part}\t{GetClass(scene)}");
        }

        File.WriteAllLines(Path.Combine(folder, "scenes.tsv"), lines);
    }
}
