using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// 256 rows through the encoders, in batches of 32, against ML.NET's ApplyOnnxModel, which takes one row at a time. Target: 3 times the rows a second. Uses
/// the encoders of shared/data/clip-shaped beside the repository where they are, else TinyClip's. The rows have no padding that could be cut.
/// </summary>
public class EncodeBenchmarks
{
    private const int Rows = 256;

    private IDataView? _imagesInBatches;
    private IDataView? _imagesOneByOne;
    private IDataView? _textsInBatches;
    private IDataView? _textsOneByOne;

    [GlobalSetup]
    public void Setup()
    {
        var (folder, imageSize, textLength) = FindModels();
        var context = new MLContext(seed: 1);
        var random = new Random(1);
        var pixels = Enumerable.Range(0, 16).Select(_ => Enumerable.Range(0, 3 * imageSize * imageSize).Select(_ => random.NextSingle() * 2 - 1).ToArray()).ToArray();
        var ids = Enumerable.Range(0, 64).Select(_ => Enumerable.Range(0, textLength).Select(_ => (long)random.Next(500)).ToArray()).ToArray();
        var mask = Enumerable.Repeat(1L, textLength).ToArray();
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["pixel_values"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3 * imageSize * imageSize);
        definition["input_ids"].ColumnType = definition["attention_mask"].ColumnType = new VectorDataViewType(NumberDataViewType.Int64, textLength);
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, Rows).Select(i => new Row { Pixels = pixels[i % pixels.Length], Ids = ids[i % ids.Length], Mask = mask }).ToList(), definition);

        var vision = Path.Combine(folder, "vision_model.onnx");
        var text = Path.Combine(folder, "text_model.onnx");
        _imagesInBatches = context.Transforms.EncodeWithOnnx("image_embeds", vision, new() { BatchSize = 32 }).Fit(data).Transform(data);
        _textsInBatches = context.Transforms.EncodeWithOnnx("text_embeds", text, new() { BatchSize = 32 }).Fit(data).Transform(data);
        var shapes = new Dictionary<string, int[]> { ["pixel_values"] = [1, 3, imageSize, imageSize], ["input_ids"] = [1, textLength], ["attention_mask"] = [1, textLength] };
        _imagesOneByOne = context.Transforms.ApplyOnnxModel(["image_embeds"], ["pixel_values"], vision, shapes, null, false).Fit(data).Transform(data);
        _textsOneByOne = context.Transforms.ApplyOnnxModel(["text_embeds"], ["input_ids", "attention_mask"], text, shapes, null, false).Fit(data).Transform(data);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public float ImagesOneByOne() => Read(_imagesOneByOne!, "image_embeds");

    [Benchmark(OperationsPerInvoke = Rows)]
    public float ImagesInBatches() => Read(_imagesInBatches!, "image_embeds");

    [Benchmark(OperationsPerInvoke = Rows)]
    public float TextsOneByOne() => Read(_textsOneByOne!, "text_embeds");

    [Benchmark(OperationsPerInvoke = Rows)]
    public float TextsInBatches() => Read(_textsInBatches!, "text_embeds");

    internal static float Read(IDataView data, string name)
    {
        var column = data.Schema[name];
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        var last = 0f;
        while (cursor.MoveNext())
        {
            getter(ref row);
            last = row.GetValues()[0];
        }

        return last;
    }

    private static (string Folder, int ImageSize, int TextLength) FindModels()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var shared = Path.Combine(directory.FullName, "shared", "data", "clip-shaped");
            if (Directory.Exists(shared))
                return (shared, 224, 77);
        }

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var own = Path.Combine(directory.FullName, "samples", "TinyClip", "model");
            if (Directory.Exists(own))
                return (own, 64, 32);
        }

        throw new DirectoryNotFoundException("Found neither shared/data/clip-shaped nor samples/TinyClip/model above the program.");
    }

    private sealed class Row
    {
        [ColumnName("pixel_values")]
        public float[] Pixels { get; set; } = [];

        [ColumnName("input_ids")]
        public long[] Ids { get; set; } = [];

        [ColumnName("attention_mask")]
        public long[] Mask { get; set; } = [];
    }
}
