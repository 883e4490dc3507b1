namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>A command of the tool that writes files, in a folder where everything it reads lies under <c>in/</c> and everything it writes goes to <c>out/</c>.</summary>
/// <param name="Name">What the test calls it.</param>
/// <param name="Arguments">Its line, for a run in that folder.</param>
/// <param name="Outputs">The files that are there in the end, below <c>out/</c>.</param>
/// <param name="Resumes">Whether a run goes on where the one before was interrupted, from files that lie beside the output until it is done.</param>
internal sealed record WritingCommand(string Name, string Arguments, string[] Outputs, bool Resumes = false)
{
    private const string Pair = "--modality image=in/image.npy --modality text=in/text.npy";

    /// <summary>All that write.</summary>
    internal static IReadOnlyList<WritingCommand> All { get; } =
    [
        new("fit", $"fit {Pair} --out out/map.zip", ["map.zip"]),
        new("train", $"fit {Pair} --method i0t-async --epochs 4 --state out/state --out out/trained.zip", ["state", "trained.zip"], Resumes: true),
        new("select", $"select {Pair} --out out/selected.zip", ["selected.zip"]),
        new("transform", "transform --map in/map.zip --modality text --in in/text.npy --out out/closed.npy", ["closed.npy", "closed.npy.fingerprint"]),
        new("shards", "transform --map in/map.zip --modality text --in in/text.npy --out out/shards --shard-rows 150", [.. Enumerable.Range(0, 4).SelectMany(i => new[] { $"shards/text_{i}.npy", $"shards/text_{i}.npy.fingerprint" })]),
        new("parquet", "transform --map in/small.zip --modality Image --in in/table.parquet:Image --out out/closed.parquet", ["closed.parquet"]),
        new("embed", "embed --model in/model --texts in/texts.txt --out out/texts.npy --batch-size 4", ["texts.items.txt", "texts.npy"], Resumes: true),
        new("export", "export --map in/map.zip --out out/map.onnx", ["map.onnx"]),
        new("bake", "bake --encoder in/model/vision_model.onnx --map in/small.zip --modality Image --out out/baked.onnx", ["baked.onnx"]),
        new("report", $"report {Pair} --out out/report.html --figures out/figures", ["report.html", "figures/*.svg"]),
        new("search", $"search {Pair} --queries in/queries.npy --out out/hits.tsv", ["hits.tsv"]),
        new("index", $"search {Pair} --save-index out/gallery.index", ["gallery.index"]),
        new("rescorer", $"search {Pair} --queries in/queries.npy --hubness is --query-bank in/queries.npy --save-rescorer out/rescorer", ["rescorer"]),
        new("classify", "classify --in in/image.npy --class-embeddings in/classes.npy --classes in/classes.txt --out out/classes.tsv --save out/classifier.zip", ["classes.tsv", "classifier.zip"]),
        new("score", $"score {Pair} --out out/scores.tsv", ["scores.tsv"]),
        new(
            "benchmark",
            "benchmark --model in/model --data karpathy=in/data/karpathy --data image-folder=in/data/image-folder --methods raw,center --tasks gap,zero-shot --out out/results --cache out/cache",
            ["results/results.csv", "results/results.json", "results/report.html", "cache/*"],
            Resumes: true),
        new("cluster", $"cluster {Pair} --clusters 5 --out out/clusters.tsv", ["clusters.tsv"]),
    ];

    internal static WritingCommand Find(string name) => All.Single(command => command.Name == name);
}
