using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>open_clip_config.json in a folder whose vocabulary is right: cleaning, length, and what images are made of.</summary>
internal sealed class OpenClipConfigTarget : TokenizerTarget
{
    internal override string Name => "open-clip-config";

    internal override InputShape Shape { get; } = new TextShape("model_cfg", "text_cfg", "tokenizer_kwargs", "clean", "canonicalize", "lower", "whitespace", "context_length", "preprocess_cfg", "mean", "std", "size", "interpolation", "resize_mode", "squash", "longest");

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
        [Encoding.UTF8.GetBytes("""{"model_cfg": {"embed_dim": 512, "vision_cfg": {"image_size": 224}, "text_cfg": {"context_length": 64, "tokenizer_kwargs": {"clean": "canonicalize"}}}, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "resize_mode": "squash"}}""")];

    protected override ClipTokenizer Load(FuzzInput input)
    {
        var folder = input.WriteFolder(TinyModel.Folder, "open_clip_config.json");
        _ = ClipImagePreprocessing.FromPreprocessorConfig(Path.Combine(folder, "open_clip_config.json"));
        return ClipTokenizer.FromFolder(folder);
    }
}
