namespace Microsoft.ML.ModalityGap;

/// <summary>What a search did, in numbers that do not depend on the machine's speed: for tests that hold a search to its price.</summary>
internal sealed class SearchCounts
{
    private long _panels;
    private long _bytes;
    private long _kernelCalls;
    private long _longChains;
    private long _rowsRescored;
    private long _queriesInFull;

    /// <summary>Panels scored, each by all queries of a block.</summary>
    internal long Panels => _panels;

    /// <summary>The bytes of those panels.</summary>
    internal long Bytes => _bytes;

    /// <summary>Calls of the inner loop over panels.</summary>
    internal long KernelCalls => _kernelCalls;

    /// <summary>Panels of codes that were summed up in long chains (<see cref="CodeTile.LongChain"/>).</summary>
    internal long LongChains => _longChains;

    /// <summary>Rows scored again, behind a first pass.</summary>
    internal long RowsRescored => _rowsRescored;

    /// <summary>Queries whose first pass proved nothing, so that they were compared with every row.</summary>
    internal long QueriesInFull => _queriesInFull;

    internal void AddPanel(int bytes, int kernelCalls)
    {
        Interlocked.Increment(ref _panels);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _kernelCalls, kernelCalls);
    }

    internal void AddLongChains() => Interlocked.Increment(ref _longChains);

    internal void AddRescored(int rows) => Interlocked.Add(ref _rowsRescored, rows);

    internal void AddInFull(int queries) => Interlocked.Add(ref _queriesInFull, queries);
}
