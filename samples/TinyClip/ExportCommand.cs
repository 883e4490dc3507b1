using System.Globalization;
using System.Text.Json;
using Microsoft.ML.ModalityGap;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Writes a folder's text encoder again from the weights in it, after a change of <see cref="OnnxExport"/> that changes nothing they are trained with.</summary>
internal static class ExportCommand
{
    private const double Tolerance = 1e-4;

    internal static int Run(DirectoryInfo folder)
    {
        var path = Path.Combine(folder.FullName, TinyClipModel.TextFile);
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, TrainCommand.ConfigurationFile)));
        var before = File.ReadAllBytes(path);
        using var frozen = no_grad();
        using var encoder = new TextEncoder(config.RootElement.GetProperty("text_config").GetProperty("vocab_size").GetInt32(), TrainingOptions.Dimension);
        encoder.eval();
        Fill(encoder, before, path);

        // What the file computes is what the encoder with its weights does.
        const int batch = 5, length = TinyClipModel.ContextLength;
        var random = new SplitMix64(7);
        var ids = Enumerable.Range(0, batch * length).Select(_ => (long)random.Next(300)).ToArray();
        var mask = Enumerable.Repeat(1L, ids.Length).ToArray();
        using var runtime = new OnnxDualEncoder(folder.FullName);
        using var computed = encoder.forward(tensor(ids, [batch, length]), tensor(mask, [batch, length]));
        var difference = computed.data<float>().ToArray().Zip(runtime.RunText(ids, mask, batch).SelectMany(row => row), (x, y) => Math.Abs((double)x - y)).Max();
        if (!(difference <= Tolerance))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"'{path}' computes something else than its weights do in this encoder (by {difference:E1}); nothing was written."));

        var after = OnnxExport.Export(encoder, TrainingOptions.Dimension);
        Console.WriteLine(before.AsSpan().SequenceEqual(after) ? $"{path} is what is written now, byte by byte." : string.Create(CultureInfo.InvariantCulture, $"{path}: {before.Length} bytes before, {after.Length} now; outputs differ from the weights' by at most {difference:E1}."));
        File.WriteAllBytes(path, after);
        return 0;
    }

    /// <summary>Takes over the constants of a file. Which of them is which parameter is found by exporting the encoder with weights that are all different.</summary>
    private static void Fill(TextEncoder encoder, byte[] model, string path)
    {
        foreach (var parameter in encoder.parameters())
            nn.init.normal_(parameter);
        var (own, stored) = (ReadFloats(OnnxExport.Export(encoder, TrainingOptions.Dimension), path), ReadFloats(model, path));
        if (!own.Select(values => values.Length).SequenceEqual(stored.Select(values => values.Length)))
            throw new InvalidDataException($"'{path}' has constants of other sizes than this encoder: it is of another one.");
        foreach (var parameter in encoder.parameters())
        {
            var shape = parameter.shape;
            var isTransposed = false;
            var at = own.FindIndex(values => values.AsSpan().SequenceEqual(parameter.data<float>().ToArray()));
            if (at < 0 && shape.Length == 2)
            {
                using var transposed = parameter.t().contiguous();
                isTransposed = true;
                at = own.FindIndex(values => values.AsSpan().SequenceEqual(transposed.data<float>().ToArray()));
            }

            if (at < 0)
                throw new InvalidDataException($"A parameter of ({string.Join(", ", shape)}) is not among the constants of an exported encoder.");
            using var flat = tensor(stored[at]);
            using var shaped = isTransposed ? flat.view(shape[1], shape[0]).t() : flat.view(shape);
            parameter.copy_(shaped);
        }
    }

    private static List<float[]> ReadFloats(byte[] model, string path) =>
        [.. OnnxInitializer.ReadAll(model).Where(constant => constant.ElementType == OnnxFields.ElementType.Float32).Select(constant => constant.ReadValues(model, path))];
}
