using Microsoft.ML.ModalityGap;
using TinyClip;

namespace SearchService;

/// <summary>Images with a caption each, to make a gallery of.</summary>
/// <param name="Name">What they are called.</param>
/// <param name="ModelFolder">The encoders.</param>
/// <param name="Fit">What the correction is fitted on.</param>
/// <param name="Shown">What is to be found.</param>
/// <param name="Classes">Classes to choose from where a request names none.</param>
internal sealed record SourcePairs(string Name, string ModelFolder, IReadOnlyList<SourcePair> Fit, IReadOnlyList<SourcePair> Shown, IReadOnlyList<string> Classes)
{
    // Fewer say nothing of how probable a match is.
    private const int MinimumCount = 10;

    /// <summary>Scenes that TinyClip has not been trained on: some to fit on, others to be found.</summary>
    public static SourcePairs DrawScenes(int fitCount, int shownCount)
    {
        return new SourcePairs(
            "TinyClip on drawn scenes",
            TinyClipModel.FindFolder(),
            Draw(SceneSplit.Validation, fitCount, seed: 1),
            Draw(SceneSplit.Test, shownCount, seed: 2),
            [.. Enum.GetNames<SceneShape>().Select(shape => $"a {shape.ToLowerInvariant()}")]);

        static SourcePair[] Draw(SceneSplit split, int count, ulong seed) =>
            [.. SceneDataset.Create(split, count, seed).Select((scene, i) => new SourcePair($"{i:D4}.png", scene.RenderPng(128), scene.Captions[0]))];
    }

    /// <summary>Lines of an image file, a tab and a caption. All are fitted on and shown.</summary>
    /// <exception cref="InvalidDataException">A line is no pair, there are fewer than ten, or the file is not in UTF-8.</exception>
    /// <exception cref="FileNotFoundException">An image is not there.</exception>
    /// <exception cref="IOException">A file is a pipe or a device, or cannot be read.</exception>
    public static SourcePairs Read(string modelFolder, string imageFolder, string captionFile)
    {
        var pairs = new List<SourcePair>();
        foreach (var (line, number) in Utf8Lines.Read(captionFile).Select((line, i) => (line, i + 1)).Where(entry => entry.line.Length > 0))
        {
            if (line.Split('\t') is not [{ Length: > 0 } name, { Length: > 0 } caption])
                throw new InvalidDataException($"'{captionFile}', line {number}: expected an image file, a tab and a caption, found «{line}».");
            var path = Path.Combine(imageFolder, name);
            if (!File.Exists(path))
                throw new FileNotFoundException($"'{captionFile}', line {number}: there is no image '{path}'.");
            pairs.Add(new SourcePair($"{pairs.Count:D6}{Path.GetExtension(name)}", ImageFile.Read(path), caption));
        }

        return pairs.Count >= MinimumCount ? new SourcePairs(Path.GetFileName(captionFile), modelFolder, pairs, pairs, [])
            : throw new InvalidDataException($"'{captionFile}' holds {pairs.Count} pairs; at least {MinimumCount} are needed to fit a model, and some hundred for one that is good.");
    }
}

/// <summary>An image and its caption.</summary>
/// <param name="FileName">The name its file is to have in the gallery.</param>
/// <param name="Image">The content of the image file.</param>
/// <param name="Caption">The caption.</param>
internal sealed record SourcePair(string FileName, byte[] Image, string Caption);
