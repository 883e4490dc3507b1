namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows on their way through a transform that works on several at once: read ahead, worked on in runs, and taken out one by one. Rows are counted from the first that was ever read; what
/// was made of one stays until the row a window's length later is worked on.
/// </summary>
internal abstract class LookaheadBatch
{
    /// <summary>How many rows have a place for what comes out, at least those that are read ahead.</summary>
    internal abstract int Window { get; }

    /// <summary>Where what belongs to a row stands within the window.</summary>
    internal int GetSlot(long row) => (int)(row % Window);

    /// <summary>The row before which all have been read when a row is taken.</summary>
    internal abstract long GetReadEnd(long row);

    /// <summary>The row before which a run ends that begins at a row, if the rows do not end sooner.</summary>
    internal abstract long GetRunEnd(long first);

    /// <summary>Makes the reader that takes what is needed of the row being read, and puts it where the number it is given belongs.</summary>
    /// <param name="row">The row being read.</param>
    /// <param name="columns">The columns that are read.</param>
    internal abstract Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns);

    /// <summary>Begins to work on rows that have been read, or works on them. What fails is thrown by <see cref="Wait"/>.</summary>
    internal abstract void Start(long first, int count);

    /// <summary>Waits until a row is done. Throws what its run threw.</summary>
    internal abstract void Wait(long row);

    /// <summary>Waits for all that was begun; what it threw is left to <see cref="Wait"/>.</summary>
    internal abstract void Settle();

    /// <summary>A getter of a column that is made ahead, at the place that is current when it is called.</summary>
    /// <param name="output">The column, as the mapper counts them.</param>
    /// <param name="getSlot">The current place within the window.</param>
    internal abstract Delegate CreateGetter(int output, Func<int> getSlot);

    /// <summary>Waits for a run. What it threw, and nobody waits for, is nobody's.</summary>
    protected static void Settle(Task run) => run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
}
