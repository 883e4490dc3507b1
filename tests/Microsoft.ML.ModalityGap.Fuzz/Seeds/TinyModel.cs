using Microsoft.ML.ModalityGap.Tests;
using Microsoft.ML.ModalityGap.Tests.Clip.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A folder as a CLIP export has it, whose encoders multiply pixels and ids by a small matrix.</summary>
internal static class TinyModel
{
    internal const int ImageSize = 4, ContextLength = 6;

    private const int Float32 = 1, Int64 = 7;

    internal const string Preprocessor =
        """
        {"crop_size": {"height": 4, "width": 4}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
         "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 4}}
        """;

    /// <summary>(batch, 3, 4, 4) to (batch, 5).</summary>
    internal static byte[] VisionModel { get; } = CreateEncoder("pixel_values", Float32, [3, ImageSize, ImageSize], "image_embeds", 3 * ImageSize * ImageSize, Node("Flatten", ["pixel_values"], ["x"], ("axis", 1)));

    /// <summary>(batch, 6) to (batch, 5).</summary>
    internal static byte[] TextModel { get; } = CreateEncoder("input_ids", Int64, [ContextLength], "text_embeds", ContextLength, Node("Cast", ["input_ids"], ["x"], ("to", Float32)));

    // Behind the models, which it writes.
    internal static string Folder { get; } = Create();

    private static string Create()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Seeds.Folder, "model")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "vision_model.onnx"), VisionModel);
        File.WriteAllBytes(Path.Combine(folder, "text_model.onnx"), TextModel);
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), Preprocessor);
        using var vocabulary = new TemporaryFolder();
        TinyClipVocabulary.WriteVocabulary(vocabulary);
        foreach (var file in Directory.GetFiles(vocabulary.Path))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        return folder;
    }

    private static byte[] CreateEncoder(string input, int type, int[] shape, string output, int inputs, ProtobufNode first)
    {
        var weights = Seeds.ToBytes(Seeds.Rows(inputs, Seeds.Dimension, 1));
        var graph = ProtobufNode.Message(
            7,
            first,
            Node("MatMul", ["x", "W"], [output]),
            ProtobufNode.Text(2, "graph"),
            ProtobufNode.Message(5, ProtobufNode.Varint(1, inputs), ProtobufNode.Varint(1, Seeds.Dimension), ProtobufNode.Varint(2, Float32), ProtobufNode.Text(8, "W"), ProtobufNode.Raw(9, weights)),
            ValueInfo(11, input, type, shape),
            ValueInfo(12, output, Float32, [Seeds.Dimension]));
        return ProtobufNode.Write(
        [
            ProtobufNode.Varint(1, 8), ProtobufNode.Text(2, "fuzz"), ProtobufNode.Message(8, ProtobufNode.Text(1, ""), ProtobufNode.Varint(2, 17)), graph,
            ProtobufNode.Message(14, ProtobufNode.Text(1, "modality_gap.fingerprint"), ProtobufNode.Text(2, "0123456789abcdef")),
        ]);
    }

    private static ProtobufNode Node(string operation, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes) => ProtobufNode.Message(
        1,
        [
            .. inputs.Select(name => ProtobufNode.Text(1, name)), .. outputs.Select(name => ProtobufNode.Text(2, name)), ProtobufNode.Text(4, operation),
            .. attributes.Select(attribute => ProtobufNode.Message(5, ProtobufNode.Text(1, attribute.Name), ProtobufNode.Varint(3, attribute.Value), ProtobufNode.Varint(20, 2))),
        ]);

    private static ProtobufNode ValueInfo(int field, string name, int type, int[] shape) => ProtobufNode.Message(
        field,
        ProtobufNode.Text(1, name),
        ProtobufNode.Message(
            2,
            ProtobufNode.Message(
                1,
                ProtobufNode.Varint(1, type),
                ProtobufNode.Message(2, [ProtobufNode.Message(1, ProtobufNode.Text(2, "batch")), .. shape.Select(size => ProtobufNode.Message(1, ProtobufNode.Varint(1, size)))]))));
}
