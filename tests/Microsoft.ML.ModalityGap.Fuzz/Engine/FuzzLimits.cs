namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>What an input may take.</summary>
/// <param name="Bytes">Memory beyond what the process had before: allocated in managed code, and resident.</param>
/// <param name="ProcessorTime">Of the whole process, so that a busy machine accuses nobody.</param>
/// <param name="WallTime">After which an input is taken to have no end, if it waits rather than works.</param>
internal sealed record FuzzLimits(long Bytes, TimeSpan ProcessorTime, TimeSpan WallTime)
{
    internal static FuzzLimits Default { get; } = new(256L << 20, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
}
