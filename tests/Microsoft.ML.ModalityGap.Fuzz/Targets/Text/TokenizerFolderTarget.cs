using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>tokenizer_config.json in a folder whose vocabulary is right.</summary>
internal sealed class TokenizerFolderTarget : TokenizerTarget
{
    internal override string Name => "tokenizer-config";

    internal override IReadOnlyList<string> Covers => ["ClipTokenizer.FromFolder"];

    internal override InputShape Shape { get; } = new TextShape(
        "model_max_length", "pad_token", "bos_token", "eos_token", "add_bos_token", "add_eos_token", "add_prefix_space", "tokenizer_class", "CLIPTokenizer", "SiglipTokenizer", "GemmaTokenizer", "content", "<|endoftext|>");

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
        [Encoding.UTF8.GetBytes("""{"model_max_length": 77, "pad_token": "<|endoftext|>", "bos_token": {"content": "<|startoftext|>"}, "eos_token": "<|endoftext|>", "add_prefix_space": false, "tokenizer_class": "CLIPTokenizer"}""")];

    protected override ClipTokenizer Load(FuzzInput input) => ClipTokenizer.FromFolder(input.WriteFolder(TinyModel.Folder, "tokenizer_config.json"));
}
