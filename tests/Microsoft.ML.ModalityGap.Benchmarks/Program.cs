using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Microsoft.ML.ModalityGap.Benchmarks;

internal static class Program
{
    /// <summary>
    /// dotnet run -c Release --project tests/Microsoft.ML.ModalityGap.Benchmarks -- --filter '*'. With --smoke each benchmark runs once, to show that it still does.
    /// With the word 'ratios', and names of groups or none for all, the targets are checked by interleaved runs (see <see cref="Ratios"/>).
    /// With the word 'disk', a folder and the installed tool or nothing for the one on the path, the tool is timed beside cp and cat (see <see cref="DiskRatios"/>).
    /// With the word 'ablation', and pairs in .npy files or nothing for TinyClip's, losses and heads are compared (see <see cref="TrainingAblation"/>).
    /// With the word 'retrieval', and pairs in .npy files, rescoring and storage are compared (see <see cref="RetrievalAblation"/>).
    /// With the word 'bits' and such files, what a first cut by sign bits misses (see <see cref="BitRecall"/>).
    /// With the word 'correction' and such files, corrections of similarities (see <see cref="CorrectionAblation"/>).
    /// With the words 'faiss ranks' and a Python, the ranking of folded vectors in FAISS is held against a corrected search (see <see cref="FaissRanks"/>).
    /// With the word 'further' and such files, what else was tried (see <see cref="FurtherAblation"/>).
    /// With the word 'share' and such files, what the other modality's share of the first ten depends on (see <see cref="ShareAblation"/>).
    /// With the word 'groups', such a file and a folder, pairs that share a row are written as items with ids, beside the others (see <see cref="GroupFiles"/>).
    /// With the word 'scenes', a folder and a number, drawn scenes with five captions each are embedded and written (see <see cref="SceneFiles"/>).
    /// With the word 'fidelity', pairs in a .npy file, and a file to write, docs/fidelity.md is made (see <see cref="FidelityReport"/>).
    /// With the words 'encode-options', options of encoders are measured (see <see cref="EncoderOptionsTable"/>).
    /// With the word 'usearch', rows, a dimension, and settings or none, approximate search is held against exact (see <see cref="ApproximateSearch"/>).
    /// With the words 'cluster data', and then 'cluster fit', 'cluster search' and 'cluster messages', and a folder with room for 9 GB, a cluster is timed beside one process (see <see cref="ClusterMeasurement"/>).
    /// With the word 'peers' and a Python, search is timed beside numpy, PyTorch, FAISS and hnswlib (see <see cref="PeerComparison"/>).
    /// </summary>
    private static int Main(string[] args)
    {
        if (args is ["ratios", .. var groups])
            return Ratios.Run(groups);
        if (args is ["disk", var disk, .. var tools])
            return DiskRatios.Run(disk, tools.FirstOrDefault() ?? "modality-gap");
        if (args is ["ablation", .. var files])
            return TrainingAblation.Run(files);
        if (args is ["bits", .. var measured])
            return BitRecall.Run(measured);
        if (args is ["retrieval", .. var pairs])
            return RetrievalAblation.Run(pairs);
        if (args is ["correction", .. var sets])
            return CorrectionAblation.Run(sets);
        if (args is ["further", .. var others])
            return FurtherAblation.Run(others);
        if (args is ["share", .. var shared])
            return ShareAblation.Run(shared);
        if (args is ["groups", var grouped, var target])
            return GroupFiles.Run(grouped, target);
        if (args is ["scenes", var folder, var count])
            return SceneFiles.Run(folder, int.Parse(count, CultureInfo.InvariantCulture));
        if (args is ["faiss", "ranks", var interpreter])
            return FaissRanks.Run(interpreter);
        if (args is ["fidelity", var file, .. var output])
            return FidelityReport.Run(file, output.FirstOrDefault());
        if (args is ["encode-options"])
            return EncoderOptionsTable.Run();
        if (args is ["usearch", var rows, var dimension, .. var settings])
            return ApproximateSearch.Run(int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(dimension, CultureInfo.InvariantCulture), settings);
        if (args is ["cluster", var action, var place])
            return ClusterMeasurement.RunAsync(action, place).GetAwaiter().GetResult();
        if (args is ["peers", var python])
            return PeerComparison.Run(python);

        var smoke = args.Contains("--smoke");
        var job = smoke ? Job.Dry : Job.Default.WithWarmupCount(2).WithIterationCount(9);
        var config = DefaultConfig.Instance
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(StatisticColumn.Min);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Where(arg => arg != "--smoke")], config);
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
