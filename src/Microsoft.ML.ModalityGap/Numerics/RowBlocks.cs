namespace Microsoft.ML.ModalityGap;

/// <summary>Rows in one piece of memory, worked on in blocks by several threads.</summary>
internal static class RowBlocks
{
    // Small enough to balance the threads and stay in cache, large enough that handing one out costs nothing beside it.
    private const int BlockValues = 1 << 15;

    // A run has a state to set up and to merge.
    private const int RunValues = 1 << 20;

    internal delegate void ReduceAction<in TState>(TState state, ReadOnlySpan<float> rows);

    internal delegate void BlockAction(ReadOnlySpan<float> source, Span<float> destination);

    internal static int CountRows(int length, int dimension, string parameterName)
    {
        if (length % dimension != 0)
            throw new ArgumentException($"Rows of {dimension} dimensions need a multiple of {dimension} values, but {length} were given.", parameterName);
        return length / dimension;
    }

    internal static void CheckDegreeOfParallelism(int value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string? parameterName = null)
    {
        if (value is 0 or < -1)
            throw new ArgumentOutOfRangeException(parameterName, value, "Give a positive number of threads, or -1 for as many as there are cores.");
    }

    /// <summary>Calls <paramref name="action"/> with matching blocks of whole rows of both spans, each of at least so many rows but the last.</summary>
    internal static unsafe void ForEach(
        ReadOnlySpan<float> source, int sourceDimension, Span<float> destination, int destinationDimension, int maxDegreeOfParallelism, BlockAction action, int minimumRows = 1)
    {
        var rows = source.Length / sourceDimension;
        var blockRows = Math.Max(minimumRows, BlockValues / Math.Max(sourceDimension, destinationDimension));
        var blocks = (rows + blockRows - 1) / blockRows;
        if (blocks <= 1 || maxDegreeOfParallelism == 1)
        {
            action(source, destination);
            return;
        }

        fixed (float* from = source, to = destination)
        {
            // Lambdas cannot capture spans or pinned locals; the memory stays pinned until For returns.
            var (fromAddress, toAddress) = ((nint)from, (nint)to);
            ParallelFor.Run(blocks, maxDegreeOfParallelism, block =>
            {
                var first = block * blockRows;
                var count = Math.Min(blockRows, rows - first);
                action(
                    new ReadOnlySpan<float>((float*)fromAddress + (long)first * sourceDimension, count * sourceDimension),
                    new Span<float>((float*)toAddress + (long)first * destinationDimension, count * destinationDimension));
            });
        }
    }

    /// <summary>
    /// Deals contiguous runs of rows to threads, each with a state of its own, and combines the states in the order of their rows. The runs do not
    /// depend on the number of threads, so neither does the result.
    /// </summary>
    internal static unsafe TResult Reduce<TState, TResult>(
        ReadOnlySpan<float> rows, int dimension, int maximumRuns, int maxDegreeOfParallelism, Func<long, TState> create, ReduceAction<TState> add, Func<TState[], TResult> combine)
    {
        var count = rows.Length / dimension;
        var runRows = Math.Max(RunValues / dimension, (count + maximumRuns - 1) / maximumRuns);
        var runs = Math.Max(1, (count + runRows - 1) / runRows);
        var states = new TState[runs];
        fixed (float* from = rows)
        {
            var address = (nint)from;
            void Run(int run)
            {
                var first = run * runRows;
                states[run] = create(first);
                add(states[run], new ReadOnlySpan<float>((float*)address + (long)first * dimension, Math.Min(runRows, count - first) * dimension));
            }

            if (runs == 1 || maxDegreeOfParallelism == 1)
            {
                for (var run = 0; run < runs; run++)
                    Run(run);
            }
            else
            {
                ParallelFor.Run(runs, maxDegreeOfParallelism, Run);
            }
        }

        return combine(states);
    }
}
