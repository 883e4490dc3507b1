namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Lets go of what libraries leave behind block by block. Parquet.Net copies a compressed page several times through arrays of its size; the garbage collector, which sees large arrays only, lets some hundred megabytes
/// of them gather before it looks. Read in blocks is who has no room for that.
/// </summary>
internal sealed class LargeGarbage
{
    private const long CollectEvery = 24L << 20;

    private long _bytes;

    /// <summary>Counts what was read or written; now and then collects.</summary>
    internal void Add(long bytes)
    {
        _bytes += bytes;
        if (_bytes < CollectEvery)
            return;
        _bytes = 0;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
    }
}
