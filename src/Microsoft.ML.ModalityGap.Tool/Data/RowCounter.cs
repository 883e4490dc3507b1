namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Counts the rows that were read, on any number of threads, and is where a command that reads rows learns that it is to stop.</summary>
internal sealed class RowCounter(Action<long>? observe, CancellationToken cancellationToken)
{
    private long _count;

    internal long Count => Volatile.Read(ref _count);

    internal void Add(int rows)
    {
        var count = Interlocked.Add(ref _count, rows);
        observe?.Invoke(count);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
