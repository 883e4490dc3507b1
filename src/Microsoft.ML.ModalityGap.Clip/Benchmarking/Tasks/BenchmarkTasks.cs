namespace Microsoft.ML.ModalityGap;

/// <summary>All tasks, in the order of tables.</summary>
internal static class BenchmarkTasks
{
    internal static IReadOnlyList<IBenchmarkTask> All { get; } =
    [
        new GapTask(),
        new RetrievalTask("retrieval-first-caption", takesAll: false),
        new RetrievalTask("retrieval", takesAll: true),
        new MixedTask(),
        new ZeroShotTask(),
        new LinearProbeTask(),
        new ClusteringTask(),
        new CaptionRatingsTask(),
        new CaptionPreferencesTask(),
        new FittingRowsTask(),
    ];
}
