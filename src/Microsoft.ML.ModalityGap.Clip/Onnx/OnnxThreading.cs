namespace Microsoft.ML.ModalityGap;

/// <summary>How many runs of a session go side by side, and with how many threads; those beyond the callers' own are shared by all runs.</summary>
internal readonly record struct OnnxThreading(int Runs, int? IntraOpNumThreads)
{
    /// <summary>Fewer rows than this are not worth a run of their own: matrix products get small.</summary>
    internal const int MinimumRowsPerRun = 4;
}
