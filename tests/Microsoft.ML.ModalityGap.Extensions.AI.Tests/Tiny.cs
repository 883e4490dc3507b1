using Microsoft.Extensions.AI;
using Microsoft.ML.Data;
using TinyClip;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>TinyClip's committed model and scenes to embed, and what the pipeline makes of them: the generators' oracle.</summary>
internal static class Tiny
{
    public static string Folder { get; } = TinyClipModel.FindFolder();

    public static Scene[] Scenes { get; } = [.. SceneDataset.Create(SceneSplit.Test, count: 40, seed: 5)];

    public static string[] Captions { get; } = [.. Scenes.Select(scene => scene.Captions[0])];

    public static DataContent[] Images { get; } = [.. Scenes.Select(scene => new DataContent(scene.RenderPng(80), "image/png"))];

    public static float[][] EmbedCaptions()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(Captions.Select(text => new TextRow { Text = text }));
        using var chain = context.Transforms.EmbedClipText("Embedding", "Text", Folder).Fit(data);
        return [.. chain.Transform(data).GetColumn<float[]>("Embedding")];
    }

    public static float[][] EmbedImages()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(Images.Select(image => new ImageRow { Image = image.Data.ToArray() }));
        using var chain = context.Transforms.EmbedClipImages("Embedding", "Image", Folder).Fit(data);
        return [.. chain.Transform(data).GetColumn<float[]>("Embedding")];
    }

    public static void AssertSame(IReadOnlyList<float[]> expected, IReadOnlyList<Embedding<float>> actual)
    {
        Assert.HasCount(expected.Count, actual);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Length, actual[i].Dimensions, $"embedding {i}");
            for (var d = 0; d < expected[i].Length; d++)
                Assert.AreEqual(expected[i][d], actual[i].Vector.Span[d], 1e-4, $"embedding {i}, dimension {d}");
        }
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }

    private sealed class ImageRow
    {
        public byte[] Image { get; set; } = [];
    }
}
