using System.CommandLine;
using System.Globalization;
using Pretraining;
using TinyClip;
using static TorchSharp.torch;

var depths = new Option<int[]>("--depth") { Description = "Blocks; several for several models.", DefaultValueFactory = _ => [2, 6, 12, 24], AllowMultipleArgumentsPerToken = true };
var attentions = new Option<AttentionKind[]>("--attention") { Description = "MultiHead or LowRank; both by default.", DefaultValueFactory = _ => [AttentionKind.MultiHead, AttentionKind.LowRank], AllowMultipleArgumentsPerToken = true };
var width = new Option<int>("--width") { Description = "Of the residual stream.", DefaultValueFactory = _ => 64 };
var heads = new Option<int>("--heads") { Description = "Of attention.", DefaultValueFactory = _ => 4 };
var rank = new Option<int>("--rank") { Description = "Of the factors of low-rank attention.", DefaultValueFactory = _ => 16 };
var steps = new Option<int>("--steps") { Description = "Steps of AdamW.", DefaultValueFactory = _ => 150 };
var rate = new Option<double>("--rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => 2e-3 };
var seeds = new Option<int[]>("--seed") { Description = "Decides weights and text; several for several runs.", DefaultValueFactory = _ => [1], AllowMultipleArgumentsPerToken = true };
var text = new Option<FileInfo?>("--text") { Description = "A text file to learn; by default the captions of drawn scenes." };
var threads = new Option<int>("--threads") { Description = "Threads that libtorch uses.", DefaultValueFactory = _ => 1 };
var output = new Option<DirectoryInfo>("--out") { Description = "The folder for a .csv file a run.", Required = true };
var train = new Command("train", "Trains models of each depth and attention, and logs each step.") { output, depths, attentions, width, heads, rank, steps, rate, seeds, text, threads };
train.SetAction(parsed =>
{
    if (parsed.GetValue(steps) < 1 || !(parsed.GetValue(rate) > 0))
        throw new ArgumentException("There is at least one step, and the rate is positive.");
    set_num_threads(parsed.GetValue(threads));
    var corpus = parsed.GetValue(text) is { } file ? Corpus.FromFile(file) : Corpus.FromScenes(scenes: 4000, seed: 1);
    var folder = parsed.GetValue(output)!;
    folder.Create();
    foreach (var depth in parsed.GetValue(depths)!)
    {
        foreach (var attention in parsed.GetValue(attentions)!)
        {
            foreach (var seed in parsed.GetValue(seeds)!)
            {
                var options = new RunOptions(new ModelShape(depth, parsed.GetValue(width), parsed.GetValue(heads), attention, parsed.GetValue(rank)), parsed.GetValue(steps), parsed.GetValue(rate), seed);
                using var run = new PretrainingRun(options, corpus);
                var record = run.Run(step =>
                {
                    if (step.Step % 25 == 0)
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"depth {depth} {attention} seed {seed} step {step.Step}: loss {step.Loss:F3}, TEV {step.TokenVariability:F4}, gradient variance {step.GradientVariance:E1}"));
                });
                record.Save(folder);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"depth {depth} {attention} seed {seed}: held-out loss {record.HeldOutLoss:F3}, {record.FileName}"));
            }
        }
    }
});

var input = new Argument<DirectoryInfo>("folder") { Description = "The folder of the .csv files." };
var table = new Command("table", "Prints what the runs in a folder say, as Markdown.") { input };
table.SetAction(parsed =>
{
    var files = parsed.GetValue(input)!.GetFiles("*.csv");
    if (files.Length == 0)
        throw new FileNotFoundException($"There is no .csv file in '{parsed.GetValue(input)}'. Run train first.");
    Console.WriteLine(RunTable.Create([.. files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(RunRecord.Load)]));
});

return new RootCommand("Small language models, their token embedding variability, and low-rank attention.") { train, table }.Parse(args).Invoke();
