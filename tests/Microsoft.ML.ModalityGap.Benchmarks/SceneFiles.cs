using Microsoft.ML.Data;
using TinyClip;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Drawn scenes with several captions each, through TinyClip's committed encoders, as files for <c>modality-gap compare --ids</c>.</summary>
internal static class SceneFiles
{
    private const int Captions = 5;

    /// <param name="folder">Where images.npy, images.txt, captions.npy and captions.txt are written.</param>
    /// <param name="count">The number of scenes.</param>
    public static int Run(string folder, int count)
    {
        var context = new MLContext(seed: 1);
        var scenes = SceneDataset.Create(SceneSplit.Test, count, seed: 5);
        var model = TinyClipModel.FindFolder();
        Directory.CreateDirectory(folder);
        var images = context.Data.LoadFromEnumerable(scenes.Select((scene, i) => new Image { Id = $"{i}", Png = scene.RenderPng(TinyClipModel.ImageSize) }).ToList());
        var captions = context.Data.LoadFromEnumerable(scenes.SelectMany((scene, i) => scene.Captions.Take(Captions).Select(text => new Caption { Id = $"{i}", Text = text })).ToList());
        Write(context, folder, "images", context.Transforms.EmbedClipImages("Embedding", nameof(Image.Png), model).Fit(images).Transform(images));
        Write(context, folder, "captions", context.Transforms.EmbedClipText("Embedding", nameof(Caption.Text), model).Fit(captions).Transform(captions));
        Console.WriteLine($"{scenes.Count} scenes with {Captions} captions each in {folder}");
        return 0;
    }

    private static void Write(MLContext context, string folder, string name, IDataView rows)
    {
        context.ModalityGap().SaveAsNpy(rows, Path.Combine(folder, $"{name}.npy"), "Embedding");
        File.WriteAllLines(Path.Combine(folder, $"{name}.txt"), rows.GetColumn<string>("Id"));
    }

    private sealed class Image
    {
        public string Id { get; set; } = "";

        public byte[] Png { get; set; } = [];
    }

    private sealed class Caption
    {
        public string Id { get; set; } = "";

        public string Text { get; set; } = "";
    }
}
