using Microsoft.ML;
using Microsoft.ML.Data;
using TinyClip;

namespace Documentation.Tests;

/// <summary>What preludes make their data of: drawn scenes with captions, and the small encoder of this repository under the name that the documents call theirs.</summary>
public static class World
{
    private const int Count = 60;

    private static readonly Lazy<Scene[]> _scenes = new(() => [.. SceneDataset.Create(SceneSplit.Test, Count, seed: 3, scene => scene.ObjectCount == 1)]);

    /// <summary>A folder of a model that nobody has to download.</summary>
    public static void WriteModel(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(TinyClipModel.FindFolder()))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    /// <summary>Scenes as rows; their pictures are written into the current directory.</summary>
    public static Row[] Draw() =>
    [
        .. _scenes.Value.Select((scene, i) =>
        {
            var png = scene.RenderPng(64);
            File.WriteAllBytes($"{i}.png", png);
            var shape = scene.First.Shape.ToString().ToLowerInvariant();
            var color = scene.First.Color.ToString().ToLowerInvariant();
            return new Row { Id = $"{i}", ImagePath = $"{i}.png", Png = png, Caption = scene.Captions[0], Label = shape, Colors = [color], Rating = i % 5, Votes = [.. Votes(scene.First.Color)] };
        }),
    ];

    /// <summary>The colours there are, in the order of votes.</summary>
    public static string[] Colors { get; } = [.. Enum.GetNames<SceneColor>().Select(name => name.ToLowerInvariant())];

    /// <summary>The shapes there are, which labels name.</summary>
    public static string[] Shapes { get; } = [.. Enum.GetNames<SceneShape>().Select(name => name.ToLowerInvariant())];

    /// <summary>The rows of <see cref="Draw"/> with their embeddings, <c>Image</c> and <c>Text</c>, as the encoder gives them.</summary>
    public static IDataView Embed(MLContext ml)
    {
        var data = ml.Data.LoadFromEnumerable(Draw());
        var encoders = ml.Transforms.EmbedClipImages("Image", "ImagePath", "clip-vit-base-patch32").Append(ml.Transforms.EmbedClipText("Text", "Caption", "clip-vit-base-patch32"));
        using var model = encoders.Fit(data);
        return Keep(ml, model.Transform(data));
    }

    /// <summary>Two captions for each scene of <see cref="Draw"/>: columns Id, Caption, and Text with their embeddings.</summary>
    public static IDataView EmbedCaptions(MLContext ml)
    {
        var data = ml.Data.LoadFromEnumerable(_scenes.Value.SelectMany((scene, i) => scene.Captions.Take(2).Select(caption => new Row { Id = $"{i}", Caption = caption })).ToArray());
        using var model = ml.Transforms.EmbedClipText("Text", "Caption", "clip-vit-base-patch32").Fit(data);
        var cached = ml.Data.Cache(model.Transform(data));
        _ = cached.GetColumn<float[]>("Text").Count();
        _ = cached.GetColumn<string>("Id").Count();
        return cached;
    }

    /// <summary>Both embeddings of each row below each other: columns Embedding, Id, Modality.</summary>
    public static IDataView Stack(MLContext ml, IDataView pairs)
    {
        var (images, texts, ids) = (pairs.GetColumn<float[]>("Image").ToArray(), pairs.GetColumn<float[]>("Text").ToArray(), pairs.GetColumn<string>("Id").ToArray());
        var rows = ids.SelectMany((id, i) => new[] { new Item { Embedding = images[i], Id = $"image-{id}", Modality = "image" }, new Item { Embedding = texts[i], Id = $"text-{id}", Modality = "text" } });
        var schema = SchemaDefinition.Create(typeof(Item));
        schema[nameof(Item.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, images[0].Length);
        return ml.Data.LoadFromEnumerable(rows.ToArray(), schema);
    }

    /// <summary>The view in memory, so that the encoder can be closed.</summary>
    private static IDataView Keep(MLContext ml, IDataView data)
    {
        var cached = ml.Data.Cache(data);
        foreach (var column in new[] { "Image", "Text" })
            _ = cached.GetColumn<float[]>(column).Count();
        foreach (var column in new[] { "Id", "ImagePath", "Caption", "Label" })
            _ = cached.GetColumn<string>(column).Count();
        return cached;
    }

    private static IEnumerable<float> Votes(SceneColor color) => Enum.GetValues<SceneColor>().Select(value => value == color ? 0.9f : 0.1f / (Colors.Length - 1));

    /// <summary>A scene.</summary>
    public sealed class Row
    {
        public string Id { get; set; } = "";

        public string ImagePath { get; set; } = "";

        public byte[] Png { get; set; } = [];

        public string Caption { get; set; } = "";

        public string Label { get; set; } = "";

        public string[] Colors { get; set; } = [];

        public float Rating { get; set; }

        public float[] Votes { get; set; } = [];
    }

    private sealed class Item
    {
        public float[] Embedding { get; set; } = [];

        public string Id { get; set; } = "";

        public string Modality { get; set; } = "";
    }
}
