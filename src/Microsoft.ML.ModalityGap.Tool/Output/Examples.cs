namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>An example of each command for its help.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal)
    {
        ["embed"] = "modality-gap embed --model clip-folder --images photos --out photos.npy",
        ["classify"] = "modality-gap classify --in photos.npy --model clip-folder --class cat --class dog",
        ["evaluate"] = "modality-gap evaluate --pair clip.npy --holdout 0.5",
        ["cluster"] = "modality-gap cluster --pair clip.npy --labels classes.txt",
        ["evaluate-table"] = "modality-gap evaluate-table clip-folder/text_model.onnx",
        ["search"] = "modality-gap search --modality image=img.npy --queries q.npy --k 5",
        ["merge"] = "modality-gap merge 'part_*.hits' --out hits.tsv",
        ["statistics"] = "modality-gap statistics --modality image=img_emb_0.npy --modality text=txt_emb_0.npy --pairs --out 0.stats",
        ["report"] = "modality-gap report --pair clip.npy --holdout 0.5 --select --out report.html",
        ["select"] = "modality-gap select --pair clip.npy --out map.zip",
        ["score"] = "modality-gap score --modality image=img.npy --modality text=txt.npy",
        ["fit"] = "modality-gap fit --pair clip.npy --holdout 0.5 --out map.zip",
        ["compare"] = "modality-gap compare --pair clip.npy",
        ["learning-curve"] = "modality-gap learning-curve --pair clip.npy --figure curve.svg",
        ["doctor"] = "modality-gap doctor --model clip-folder",
        ["sweep"] = "modality-gap sweep --pair clip.npy --lambdas 0,0.5,1",
        ["drift"] = "modality-gap drift --modality image=new.npy --map map.zip",
        ["transform"] = "modality-gap transform --map map.zip --modality text --in t.npy --out closed.npy",
        ["export"] = "modality-gap export --map map.zip --out map.onnx",
        ["bake"] = "modality-gap bake --encoder e.onnx --map map.zip --modality text --out closed.onnx",
        ["benchmark"] = "modality-gap benchmark --model clip-folder --data flickr8k=flickr8k --out results",
        ["info"] = "modality-gap info map.zip",
        ["completion"] = "modality-gap completion bash > ~/.local/share/bash-completion/completions/modality-gap",
    };

    internal static string? Find(string command) => _lines.GetValueOrDefault(command);
}
