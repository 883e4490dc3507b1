using SkiaSharp;

namespace TinyClip;

/// <summary>Writes scenes to look at: each as a picture and a text file with its captions, and one sheet with them all.</summary>
internal static class ShowCommand
{
    private const int PictureSize = 224, SheetPictureSize = 128, Margin = 8;

    internal static void Run(DirectoryInfo folder, int count, ulong seed)
    {
        folder.Create();
        var scenes = SceneDataset.Create(SceneSplit.Test, count, seed);
        for (var i = 0; i < scenes.Count; i++)
        {
            var name = Path.Combine(folder.FullName, $"scene-{i:000}");
            File.WriteAllBytes(name + ".png", scenes[i].RenderPng(PictureSize));
            File.WriteAllLines(name + ".txt", [scenes[i].ToString(), .. scenes[i].Captions]);
        }

        var sheet = Path.Combine(folder.FullName, "sheet.png");
        File.WriteAllBytes(sheet, DrawSheet(scenes));
        Console.WriteLine($"Wrote {scenes.Count} scenes with their captions, and {sheet}");
    }

    private static byte[] DrawSheet(IReadOnlyList<Scene> scenes)
    {
        var columns = (int)Math.Ceiling(Math.Sqrt(scenes.Count));
        var rows = (scenes.Count + columns - 1) / columns;
        const int step = SheetPictureSize + Margin;
        using var sheet = new SKBitmap((columns * step) + Margin, (rows * step) + Margin);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(new SKColor(60, 60, 60));
        for (var i = 0; i < scenes.Count; i++)
        {
            using var picture = scenes[i].Render(SheetPictureSize);
            canvas.DrawBitmap(picture, Margin + (i % columns * step), Margin + (i / columns * step));
        }

        using var data = sheet.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}
