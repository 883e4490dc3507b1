using TinyClip;

namespace QuickStart;

/// <summary>Images with captions: one part to fit on, another to measure on, and all captions of the second, several of one image.</summary>
internal sealed record PairedData(string Name, IReadOnlyList<Pair> Fit, IReadOnlyList<Pair> HeldOut, IReadOnlyList<Pair> Captions, string ExampleQuery)
{
    private const int SceneCount = 500;

    /// <summary>Whether there are images with a caption to show and another to ask with.</summary>
    public bool HasSeveralCaptions => Captions.Count > HeldOut.Count;

    /// <summary>Scenes that TinyClip has not been trained on, drawn into the program's folder.</summary>
    public static PairedData DrawScenes()
    {
        var fit = SceneDataset.Create(SceneSplit.Validation, SceneCount, seed: 1);
        var test = SceneDataset.Create(SceneSplit.Test, SceneCount, seed: 2);
        var heldOut = Draw(test, "test");
        return new PairedData(
            "TinyClip on drawn scenes",
            Draw(fit, "fit"),
            heldOut,
            [.. test.SelectMany((scene, row) => scene.Captions.Select(caption => new Pair { Caption = caption, Row = row }))],
            test[0].Captions[1]);
    }

    /// <summary>A tab-separated file of image files and captions; half of the images to fit on.</summary>
    public static PairedData Read(string imageFolder, string captionFile)
    {
        var images = new List<(string Path, List<string> Captions)>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, number) in File.ReadLines(captionFile).Select((line, i) => (line, i + 1)))
        {
            if (line.Length == 0)
                continue;
            if (line.Split('\t') is not [{ Length: > 0 } name, { Length: > 0 } caption])
                throw new InvalidDataException($"'{captionFile}', line {number}: expected an image file, a tab and a caption, found «{line}».");

            var path = Path.Combine(imageFolder, name);
            if (!known.TryGetValue(path, out var index))
            {
                if (!File.Exists(path))
                    throw new FileNotFoundException($"'{captionFile}', line {number}: there is no image '{path}'.");
                known.Add(path, index = images.Count);
                images.Add((path, []));
            }

            images[index].Captions.Add(caption);
        }

        if (images.Count < 4)
            throw new InvalidDataException($"'{captionFile}' names {images.Count} images; at least 4 are needed, 2 to fit on and 2 to measure on.");

        var order = images.ToArray();
        new Random(1).Shuffle(order);
        var heldOut = order[(order.Length / 2)..];
        return new PairedData(
            captionFile,
            [.. order[..(order.Length / 2)].Select(ToPair)],
            [.. heldOut.Select(ToPair)],
            [.. heldOut.SelectMany((image, row) => image.Captions.Select(caption => new Pair { Caption = caption, Row = row }))],
            heldOut[0].Captions[^1]);

        static Pair ToPair((string Path, List<string> Captions) image, int row) => new() { ImagePath = image.Path, Caption = image.Captions[0], Row = row };
    }

    private static List<Pair> Draw(IReadOnlyList<Scene> scenes, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "scenes", name)).FullName;
        var pairs = new List<Pair>(scenes.Count);
        for (var i = 0; i < scenes.Count; i++)
        {
            var path = Path.Combine(folder, $"{i:D3}.png");
            File.WriteAllBytes(path, scenes[i].RenderPng(128));
            pairs.Add(new Pair { ImagePath = path, Caption = scenes[i].Captions[0], Row = i });
        }

        return pairs;
    }
}
