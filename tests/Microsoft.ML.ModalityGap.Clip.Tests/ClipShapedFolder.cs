namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>A model folder as public exports are laid out, of the encoders, the vocabulary and a preprocessing in <c>shared/data</c>.</summary>
internal sealed class ClipShapedFolder : IDisposable
{
    /// <summary>As Hugging Face's image processor saves CLIP's.</summary>
    public const string PreprocessorConfig = """
        {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
         "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "rescale_factor": 0.00392156862745098,
         "size": {"shortest_edge": 224}}
        """;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The golden values were made as OpenAI's code does it, which rounds the crop's offset otherwise than Hugging Face's processor, whose configuration this is.</summary>
    public static ClipImagePreprocessing GoldenPreprocessing => ClipImagePreprocessing.OpenAIClip;

    public ClipShapedFolder(bool onnxInSubfolder = false)
    {
        var onnx = onnxInSubfolder ? Directory.CreateDirectory(_folder.File("onnx")).FullName : Path;
        foreach (var name in new[] { "vision_model.onnx", "text_model.onnx" })
            File.CreateSymbolicLink(System.IO.Path.Combine(onnx, name), SharedData.GetPath("clip-shaped", name));
        foreach (var name in new[] { "vocab.json", "merges.txt" })
            File.CreateSymbolicLink(_folder.File(name), SharedData.GetPath("clip-bpe", name));
        File.WriteAllText(_folder.File("preprocessor_config.json"), PreprocessorConfig);
    }

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();
}
