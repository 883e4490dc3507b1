using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>preprocessor_config.json of several processors.</summary>
internal sealed class PreprocessorConfigTarget : FuzzTarget
{
    internal override string Name => "preprocessor-config";

    internal override IReadOnlyList<string> Covers => ["ClipImagePreprocessing.FromPreprocessorConfig"];

    internal override InputShape Shape { get; } = new TextShape(
        "crop_size", "size", "height", "width", "shortest_edge", "longest_edge", "do_resize", "do_center_crop", "do_normalize", "do_rescale", "rescale_factor", "image_mean", "image_std", "mean", "std", "resample", "interpolation", "bicubic", "resize_mode",
        "image_processor", "image_processor_type", "CLIPImageProcessor", "SiglipImageProcessor", "BitImageProcessor", "data_format");

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Encoding.UTF8.GetBytes(TinyModel.Preprocessor),
        Encoding.UTF8.GetBytes("""{"image_processor": {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessor", "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": 64, "width": 64}}}"""),
        Encoding.UTF8.GetBytes("""{"size": 224, "interpolation": "bicubic", "resize_mode": "shortest", "mean": [0.48, 0.45, 0.4], "std": [0.26, 0.26, 0.27]}"""),
    ];

    internal override void Read(FuzzInput input) => _ = ClipImagePreprocessing.FromPreprocessorConfig(input.WriteFile("preprocessor_config.json")).ToString();
}
