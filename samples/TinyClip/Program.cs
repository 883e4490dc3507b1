using System.CommandLine;
using TinyClip;

var seed = new Option<int>("--seed") { Description = "Decides weights, scenes, drawings and captions.", DefaultValueFactory = _ => 1 };
var epochs = new Option<int>("--epochs") { Description = "How many times 200 batches of new scenes are seen.", DefaultValueFactory = _ => 10 };
var threads = new Option<int>("--threads") { Description = "Threads that libtorch uses; a run repeats itself only with the same number.", DefaultValueFactory = _ => 1 };
var attention = new Option<AttentionKind>("--attention") { Description = "The text encoder's: MultiHead, or LowRank (after MLRA; docs/pretraining.md).", DefaultValueFactory = _ => AttentionKind.MultiHead };
var output = new Option<DirectoryInfo?>("--out") { Description = "The folder for the trained files; by default the committed ones." };
var train = new Command("train", "Trains both encoders and writes them as ONNX, with vocabulary and configurations.") { output, seed, epochs, threads, attention };
train.SetAction(parsed => TrainCommand.Run(
    parsed.GetValue(output) ?? new DirectoryInfo(TinyClipModel.FindFolder()),
    new TrainingOptions(parsed.GetValue(seed), parsed.GetValue(epochs), parsed.GetValue(threads), parsed.GetValue(attention))));

var model = new Option<DirectoryInfo?>("--model") { Description = "The folder of the trained files; by default the committed ones." };
var split = new Option<SceneSplit>("--split") { Description = "The scenes to measure on.", DefaultValueFactory = _ => SceneSplit.Test };
var readme = new Option<bool>("--readme") { Description = "Writes the figures to the folder's README.md, too, as train does." };
var evaluate = new Command("evaluate", "Measures the trained files with ONNX Runtime.") { model, split, readme };
evaluate.SetAction(parsed => EvaluateCommand.Run(
    parsed.GetValue(model) ?? new DirectoryInfo(TinyClipModel.FindFolder()), parsed.GetValue(split), parsed.GetValue(readme)));

var export = new Command("export", "Writes the text encoder again from the weights in it, as train would write it now.") { model };
export.SetAction(parsed => ExportCommand.Run(parsed.GetValue(model) ?? new DirectoryInfo(TinyClipModel.FindFolder())));

var folder = new Argument<DirectoryInfo>("folder") { Description = "Where the pictures and captions go." };
var count = new Option<int>("--count") { Description = "How many scenes.", DefaultValueFactory = _ => 36 };
var show = new Command("show", "Writes test scenes to look at: pictures, captions, and a sheet of all.") { folder, count };
show.SetAction(parsed => ShowCommand.Run(parsed.GetValue(folder)!, parsed.GetValue(count), seed: 1));

return new RootCommand("TinyClip: a small CLIP of drawn scenes, trained from nothing in minutes.") { train, evaluate, export, show }.Parse(args).Invoke();
