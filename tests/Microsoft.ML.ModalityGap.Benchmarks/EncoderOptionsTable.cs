using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;
using TinyClip;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>What each option of <see cref="EncodeWithOnnxOptions"/> makes of the captions of <see cref="CaptionBenchmarks"/>: time, bytes of the saved pipeline, and what is lost. Then what smaller weights cost TinyClip's recall. Prints the tables of docs/clip.md.</summary>
internal static class EncoderOptionsTable
{
    private const int Rounds = 3;
    private const int Repetitions = 2;

    private static readonly (string Name, EncodeWithOnnxOptions Options)[] s_variants =
    [
        ("defaults", new()),
        ("`GraphOptimization = Extended`", new() { GraphOptimization = OnnxGraphOptimization.Extended }),
        ("`GraphOptimization = Basic`", new() { GraphOptimization = OnnxGraphOptimization.Basic }),
        ("`GraphOptimization = None`", new() { GraphOptimization = OnnxGraphOptimization.None }),
        ("`IntraOpNumThreads = 1`", new() { IntraOpNumThreads = 1 }),
        ("`IntraOpNumThreads = 2`", new() { IntraOpNumThreads = 2 }),
        ("`InterOpNumThreads = 2`", new() { InterOpNumThreads = 2 }),
        ("`Weights = Float16`", new() { Weights = OnnxWeights.Float16 }),
        ("`Weights = Int8`", new() { Weights = OnnxWeights.Int8 }),
        ("`Weights = Int8Products`", new() { Weights = OnnxWeights.Int8Products }),
    ];

    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-").FullName;
        try
        {
            var path = Path.Combine(folder, "text_model.onnx");
            SyntheticTextTower.Write(path);
            var context = new MLContext(seed: 1);
            var data = CaptionBenchmarks.CreateData(context);
            var models = Array.ConvertAll(s_variants, variant => context.Transforms.EncodeWithOnnx("text_embeds", path, variant.Options).Fit(data));
            var best = Array.ConvertAll(models, _ => double.MaxValue);
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < models.Length; i++)
                {
                    var rows = models[i].Transform(data);
                    EncodeBenchmarks.Read(rows, "text_embeds"); // ends what the model before left spinning
                    for (var repetition = 0; repetition < Repetitions; repetition++)
                    {
                        var clock = Stopwatch.StartNew();
                        EncodeBenchmarks.Read(rows, "text_embeds");
                        best[i] = Math.Min(best[i], clock.Elapsed.TotalSeconds);
                    }
                }
            }

            Console.WriteLine($"| {CaptionBenchmarks.Rows} captions, {Environment.ProcessorCount} cores | rows/s | bytes saved | lowest cosine with the defaults |");
            Console.WriteLine("| --- | --- | --- | --- |");
            var expected = models[0].Transform(data).GetColumn<float[]>("text_embeds").ToArray();
            for (var i = 0; i < models.Length; i++)
            {
                var file = Path.Combine(folder, "model.zip");
                context.Model.Save(models[i], data.Schema, file);
                var cosine = models[i].Transform(data).GetColumn<float[]>("text_embeds").Zip(expected, Cosine).Min();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {s_variants[i].Name} | {CaptionBenchmarks.Rows / best[i]:F0} | {new FileInfo(file).Length / 1e6:F1} MB | {cosine:F6} |"));
                models[i].Dispose();
            }

            MeasureRecall();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Recall@1 between 500 drawn scenes and a caption of each, both encoders with weights of a kind.</summary>
    private static void MeasureRecall()
    {
        var context = new MLContext(seed: 1);
        var scenes = SceneDataset.Create(SceneSplit.Test, 500, seed: 5);
        var data = context.Data.LoadFromEnumerable(scenes.Select(scene => new Scene { Png = scene.RenderPng(TinyClipModel.ImageSize), Caption = scene.Captions[0] }).ToList());
        Console.WriteLine();
        Console.WriteLine($"| TinyClip, {scenes.Count} scenes | recall@1 text→image | image→text |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var weights in Enum.GetValues<OnnxWeights>())
        {
            var encoder = new EncodeWithOnnxOptions { Weights = weights };
            using var model = context.Transforms.EmbedClipImages("Image", nameof(Scene.Png), TinyClipModel.FindFolder(), new EmbedClipImagesOptions { Encoder = encoder })
                .Append(context.Transforms.EmbedClipText("Text", nameof(Scene.Caption), TinyClipModel.FindFolder(), new EmbedClipTextOptions { Encoder = encoder })).Fit(data);
            var rows = model.Transform(data);
            double Recall(string query, string gallery) => context.ModalityGap().EvaluateRetrieval(rows, query, rows, gallery, Relevance.ByRow).RecallAt(1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {weights} | {Recall("Text", "Image"):F3} | {Recall("Image", "Text"):F3} |"));
        }
    }

    private static double Cosine(float[] x, float[] y)
    {
        double Dot(float[] a, float[] b) => a.Zip(b, (u, v) => (double)u * v).Sum();
        return Dot(x, y) / Math.Sqrt(Dot(x, x) * Dot(y, y));
    }

    private sealed class Scene
    {
        public byte[] Png { get; set; } = [];

        public string Caption { get; set; } = "";
    }
}
