using System.Globalization;
using System.Text.Json;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Makes the model folder: vocabulary, training, export, and the proof that what was exported computes what was trained.</summary>
internal static class TrainCommand
{
    internal const string ConfigurationFile = "config.json";

    private const int VocabularyScenes = 20_000;
    private const double Tolerance = 1e-4;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    internal static int Run(DirectoryInfo folder, TrainingOptions options)
    {
        folder.Create();
        var vocabulary = BytePairVocabulary.Learn(SceneDataset.Create(SceneSplit.Train, VocabularyScenes, seed: 0).SelectMany(scene => scene.Captions));
        var tokenizer = new CaptionTokenizer(vocabulary.Ids);
        Console.WriteLine($"vocabulary: {tokenizer.VocabularySize} tokens");

        using var trainer = new Trainer(options, tokenizer);
        trainer.Run(Console.WriteLine);

        // What is there already stays whole until the new files are known to be good.
        var draft = folder.CreateSubdirectory(".draft");
        try
        {
            return WriteDraft(draft.FullName, options, trainer, vocabulary, tokenizer) ? Publish(draft, folder) : 1;
        }
        finally
        {
            draft.Delete(recursive: true);
        }
    }

    private static bool WriteDraft(string folder, TrainingOptions options, Trainer trainer, BytePairVocabulary vocabulary, CaptionTokenizer tokenizer)
    {
        vocabulary.Save(folder);
        File.WriteAllBytes(Path.Combine(folder, TinyClipModel.VisionFile), OnnxExport.Export(trainer.Images, TrainingOptions.Dimension));
        File.WriteAllBytes(Path.Combine(folder, TinyClipModel.TextFile), OnnxExport.Export(trainer.Texts, TrainingOptions.Dimension));
        WriteConfigurations(folder, options, trainer, tokenizer);

        using var encoder = new OnnxDualEncoder(folder);
        var difference = MaximalDifference(trainer, encoder, tokenizer);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ONNX Runtime differs from TorchSharp by at most {difference:E1} (tolerance {Tolerance:E0})"));
        if (!(difference <= Tolerance))
        {
            Console.Error.WriteLine("The exported files do not compute what was trained, so none were written.");
            return false;
        }

        var report = EvaluationReport.Create(encoder, SceneSplit.Test);
        Console.WriteLine(report.Describe(SceneSplit.Test));
        ModelCard.Write(folder, report, SceneSplit.Test);
        return true;
    }

    private static int Publish(DirectoryInfo draft, DirectoryInfo folder)
    {
        foreach (var file in draft.GetFiles())
            file.MoveTo(Path.Combine(folder.FullName, file.Name), overwrite: true);
        return 0;
    }

    /// <summary>The largest difference of any output number, over random pixels and random tokens of random length.</summary>
    private static double MaximalDifference(Trainer trainer, OnnxDualEncoder encoder, CaptionTokenizer tokenizer)
    {
        const int batch = 7, length = TinyClipModel.ContextLength;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var pixels = randn(batch, 3, TinyClipModel.ImageSize, TinyClipModel.ImageSize);
        var images = encoder.RunVision(pixels.data<float>().ToArray(), batch);

        var random = new SplitMix64(99);
        var (ids, mask) = (new long[batch * length], new long[batch * length]);
        for (var row = 0; row < batch; row++)
        {
            var end = 1 + random.Next(length - 1);
            for (var i = 0; i < length; i++)
            {
                ids[(row * length) + i] = i < end ? random.Next(tokenizer.VocabularySize - 1) : tokenizer.VocabularySize - 1;
                mask[(row * length) + i] = i <= end ? 1 : 0;
            }
        }

        var texts = encoder.RunText(ids, mask, batch);
        return Math.Max(
            MaximalDifference(trainer.Images.forward(pixels), images),
            MaximalDifference(trainer.Texts.forward(tensor(ids, [batch, length]), tensor(mask, [batch, length])), texts));
    }

    private static double MaximalDifference(Tensor expected, float[][] actual)
    {
        var differences = expected.contiguous().data<float>().ToArray().Zip(actual.SelectMany(row => row), (x, y) => Math.Abs((double)x - y)).ToArray();
        return differences.Any(double.IsNaN) ? double.NaN : differences.Max();
    }

    private static void WriteConfigurations(string folder, TrainingOptions options, Trainer trainer, CaptionTokenizer tokenizer)
    {
        const int size = TinyClipModel.ImageSize;
        float[] mean = [ScenePixels.Mean, ScenePixels.Mean, ScenePixels.Mean];
        float[] deviation = [ScenePixels.StandardDeviation, ScenePixels.StandardDeviation, ScenePixels.StandardDeviation];
        Write(folder, TinyClipModel.PreprocessorFile, new
        {
            image_processor_type = "CLIPImageProcessor",
            do_convert_rgb = true,
            do_resize = true,
            size = new { shortest_edge = size },
            resample = 3,
            do_center_crop = true,
            crop_size = new { height = size, width = size },
            do_rescale = true,
            rescale_factor = 1.0 / 255,
            do_normalize = true,
            image_mean = mean,
            image_std = deviation,
        });
        Write(folder, TinyClipModel.TokenizerFile, new { tokenizer_class = "CLIPTokenizer", model_max_length = TinyClipModel.ContextLength });
        Write(folder, ConfigurationFile, new
        {
            model_type = "clip",
            projection_dim = TrainingOptions.Dimension,
            logit_scale = Math.Round(1 / trainer.Temperature, 4),
            text_config = new
            {
                vocab_size = tokenizer.VocabularySize,
                max_position_embeddings = TinyClipModel.ContextLength,
                hidden_size = TextEncoder.Width,
                num_attention_heads = TextEncoder.Heads,
                num_hidden_layers = TextEncoder.Depth,
                bos_token_id = tokenizer.VocabularySize - 2,
                eos_token_id = tokenizer.VocabularySize - 1,
                pad_token_id = tokenizer.VocabularySize - 1,
            },
            vision_config = new { image_size = size, channels = ImageEncoder.Channels },
            training = new
            {
                command = string.Create(CultureInfo.InvariantCulture, $"dotnet run --project samples/TinyClip -- train --seed {options.Seed} --epochs {options.Epochs}"),
                seed = options.Seed,
                epochs = options.Epochs,
                batches_per_epoch = TrainingOptions.BatchesPerEpoch,
                batch_size = TrainingOptions.BatchSize,
            },
        });
    }

    private static void Write<T>(string folder, string file, T value) =>
        File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(value, s_json) + "\n");
}
