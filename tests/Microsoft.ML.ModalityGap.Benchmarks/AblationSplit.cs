using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TinyClip;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Pairs to train on and others to measure on.</summary>
internal sealed record AblationSplit(IDataView Fit, IDataView HeldOut)
{
    /// <summary>Two random halves of a file of shape (2, N, D), for each seed.</summary>
    public static IReadOnlyList<AblationSplit> Halve(MLContext context, string path, int splits)
    {
        var rows = Read(context, context.ModalityGap().LoadFromNpy(path, "Image", "Text"));
        return [.. Enumerable.Range(1, splits).Select(seed =>
        {
            var order = rows.ToArray();
            new Random(seed).Shuffle(order);
            return new AblationSplit(Create(context, order[..(order.Length / 2)]), Create(context, order[(order.Length / 2)..]));
        })];
    }

    /// <summary>Does something with the pairs of each file of shape (2, N, D).</summary>
    public static int ForEach(IReadOnlyCollection<string> files, Action<IHost, string, PairSet> print)
    {
        var context = new MLContext(seed: 1);
        foreach (var file in files)
        {
            var host = ((IHostEnvironment)context).Register(nameof(AblationSplit));
            var pairs = EmbeddingPairs.Load(host, context.ModalityGap().LoadFromNpy(file, "Image", "Text"), "Image", "Text", UnusableRows.Throw);
            print(host, Path.GetFileName(file), PairSet.OfPairs(pairs.First, pairs.Second, pairs.Dimension));
        }

        return 0;
    }

    /// <summary>Scenes that TinyClip was not trained on, through its committed encoders.</summary>
    public static AblationSplit DrawScenes(MLContext context, int fit, int heldOut)
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-scenes-").FullName;
        try
        {
            return new AblationSplit(Embed(SceneSplit.Validation, fit, 1), Embed(SceneSplit.Test, heldOut, 2));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        IDataView Embed(SceneSplit split, int count, ulong seed)
        {
            var items = SceneDataset.Create(split, count, seed).Select((scene, i) =>
            {
                var path = Path.Combine(folder, $"{split}-{i}.png");
                File.WriteAllBytes(path, scene.RenderPng(128));
                return new Item { ImagePath = path, Caption = scene.Captions[0] };
            }).ToList();
            var data = context.Data.LoadFromEnumerable(items);
            var model = TinyClipModel.FindFolder();
            var encoders = context.Transforms.EmbedClipImages("Image", nameof(Item.ImagePath), model).Append(context.Transforms.EmbedClipText("Text", nameof(Item.Caption), model));
            return Create(context, [.. Read(context, encoders.Fit(data).Transform(data))]);
        }
    }

    private static List<Row> Read(MLContext context, IDataView data) => [.. context.Data.CreateEnumerable<Row>(data, reuseRowObject: false, ignoreMissingColumns: true)];

    private static IDataView Create(MLContext context, Row[] rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        foreach (var name in new[] { nameof(Row.Image), nameof(Row.Text) })
            definition[name].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Image.Length);
        return context.Data.LoadFromEnumerable(rows, definition);
    }

    private sealed class Row
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];
    }

    private sealed class Item
    {
        public string ImagePath { get; set; } = "";

        public string Caption { get; set; } = "";
    }
}
