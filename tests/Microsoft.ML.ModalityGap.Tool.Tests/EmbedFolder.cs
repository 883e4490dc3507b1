using System.Buffers.Binary;
using Microsoft.ML.ModalityGap.Tests.Clip.Text;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>A folder with a model small enough for any machine, and things to embed.</summary>
internal sealed class EmbedFolder : IDisposable
{
    internal const int Dimension = 4, ImageSize = 8, ContextLength = 12;

    private readonly TemporaryFolder _folder = new();

    /// <param name="scale">Of the weights.</param>
    internal EmbedFolder(float scale = 1)
    {
        _ = Directory.CreateDirectory(Model);
        Directory.CreateDirectory(Images);
        WriteModel(scale);
    }

    internal string Model => GetPath("model");

    internal string Images => GetPath("images");

    internal string Texts => GetPath("texts.txt");

    internal string Out => GetPath("x.npy");

    internal string Partial => GetPath("x.npy.partial");

    internal string Progress => GetPath("x.npy.partial.json");

    internal string GetPath(string name) => _folder.File(name);

    /// <summary>The files in the folder, without the model and what is embedded.</summary>
    internal string[] ListOutputs() => [.. Directory.GetFiles(_folder.Path, "x*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Encoders that multiply pixels and ids by random weights, with what goes before them.</summary>
    internal void WriteModel(float scale = 1, int seed = 7)
    {
        const int Pixels = 3 * ImageSize * ImageSize;
        File.WriteAllBytes(Path.Combine(Model, "vision_model.onnx"), new OnnxGraphWriter()
            .Input("pixel_values", OnnxGraphWriter.Float32, "batch", 3, ImageSize, ImageSize)
            .Node("Flatten", ["pixel_values"], ["flat"], ("axis", 1))
            .Initializer("W", CreateWeights(Pixels * Dimension, scale, seed), Pixels, Dimension)
            .Node("MatMul", ["flat", "W"], ["image_embeds"])
            .Output("image_embeds", OnnxGraphWriter.Float32, "batch", Dimension)
            .ToArray());
        File.WriteAllBytes(Path.Combine(Model, "text_model.onnx"), new OnnxGraphWriter()
            .Input("input_ids", OnnxGraphWriter.Int64, "batch", ContextLength)
            .Node("Cast", ["input_ids"], ["numbers"], ("to", OnnxGraphWriter.Float32))
            .Initializer("W", CreateWeights(ContextLength * Dimension, scale, seed), ContextLength, Dimension)
            .Node("MatMul", ["numbers", "W"], ["text_embeds"])
            .Output("text_embeds", OnnxGraphWriter.Float32, "batch", Dimension)
            .ToArray());
        File.WriteAllText(Path.Combine(Model, "preprocessor_config.json"), $$"""
            {"crop_size": {"height": {{ImageSize}}, "width": {{ImageSize}}}, "do_center_crop": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": {{ImageSize}} } }
            """);
        using var vocabulary = new TemporaryFolder();
        TinyClipVocabulary.WriteVocabulary(vocabulary);
        foreach (var file in Directory.GetFiles(vocabulary.Path))
            File.Copy(file, Path.Combine(Model, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Writes images of noise, called 000.bmp and so on.</summary>
    internal void WriteImages(int count)
    {
        for (var i = 0; i < count; i++)
            WriteImage($"{i:000}.bmp", seed: i);
    }

    internal void WriteImage(string name, int seed)
    {
        var path = Path.Combine(Images, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, CreateBitmap(20, 16, seed));
    }

    internal void BreakImage(string name) => File.WriteAllText(Path.Combine(Images, name), "no image");

    internal void WriteTexts(int count) => File.WriteAllLines(Texts, Enumerable.Range(0, count).Select(i => i % 9 == 4 ? "" : $"a photo of {i} cats"));

    internal ToolRun EmbedImages(params string[] more) => ToolRun.Execute([.. ImagesArguments, .. more]);

    internal ToolRun EmbedTexts(params string[] more) => ToolRun.Execute(["embed", "--model", Model, "--texts", Texts, "--out", Out, "--json", .. more]);

    internal string[] ImagesArguments => ["embed", "--model", Model, "--images", Images, "--out", Out, "--json"];

    /// <summary>Runs with batches of 4 and presses Ctrl+C when so many rows are done.</summary>
    internal ToolRun Interrupt(int rows, params string[] arguments)
    {
        using var cancellation = new CancellationTokenSource();
        return ToolRun.Execute(
            [.. arguments, "--batch-size", "4"],
            observeRows: count =>
            {
                if (count >= rows)
                    cancellation.Cancel();
            },
            cancellationToken: cancellation.Token);
    }

    /// <summary>The file that a run without a break makes, and the list beside it. Both are gone afterwards.</summary>
    internal (byte[] Npy, string Items) MakeExpected(params string[] arguments)
    {
        var run = ToolRun.Execute([.. arguments, "--batch-size", "4"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var expected = (File.ReadAllBytes(Out), File.ReadAllText(GetPath("x.items.txt")));
        File.Delete(Out);
        File.Delete(GetPath("x.items.txt"));
        Assert.IsEmpty(ListOutputs());
        return expected;
    }

    internal void CheckSame((byte[] Npy, string Items) expected)
    {
        CollectionAssert.AreEqual(expected.Npy, File.ReadAllBytes(Out));
        Assert.AreEqual(expected.Items, File.ReadAllText(GetPath("x.items.txt")));
        CollectionAssert.AreEqual(new[] { "x.items.txt", "x.npy" }, ListOutputs());
    }

    public void Dispose() => _folder.Dispose();

    private static float[] CreateWeights(int count, float scale, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => scale * ((random.NextSingle() * 2) - 1))];
    }

    /// <summary>A bitmap of 24 bits a pixel.</summary>
    private static byte[] CreateBitmap(int width, int height, int seed)
    {
        const int Header = 54;
        var bytes = new byte[Header + (width * height * 3)];
        new Random(seed).NextBytes(bytes.AsSpan(Header));
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), height);
        bytes[26] = 1;
        bytes[28] = 24;
        bytes.AsSpan(30, 24).Clear();
        return bytes;
    }
}
