using System.Runtime.ExceptionServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads one of a set of parallel cursors to its end.</summary>
internal abstract class CursorWorker(DataViewRowCursor cursor)
{
    private long _rows;
    private ExceptionDispatchInfo? _failure;
    private long _failureRow = long.MaxValue;

    /// <summary>Runs the workers of a set of cursors at the same time, with progress; of several rows that fail the first is thrown for.</summary>
    internal static void RunAll(IHost host, string task, IReadOnlyList<CursorWorker> workers, long? rowCount)
    {
        using var progress = host.StartProgressChannel(task);
        progress.SetHeader(new ProgressHeader("rows"), entry =>
        {
            var rows = CountRows();
            if (rowCount is { } limit)
                entry.SetProgress(0, rows, limit);
            else
                entry.SetProgress(0, rows);
        });

        // Each cursor of a set must be read at the same time as the others, or the thread that feeds them all waits forever: so no thread pool.
        var tasks = workers.Select(worker => Task.Factory.StartNew(worker.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(tasks);
        workers.Where(worker => worker._failure is not null).MinBy(worker => worker._failureRow)?._failure!.Throw();
        progress.Checkpoint(CountRows());

        long CountRows() => workers.Sum(worker => Volatile.Read(ref worker._rows));
    }

    /// <summary>Works on the cursor's row.</summary>
    private protected abstract void ReadRow();

    private protected long GetRowNumber() => RowNumbers.Get(cursor);

    private void Run()
    {
        using (cursor)
        {
            try
            {
                while (cursor.MoveNext())
                {
                    // After a failure the rest is read past, not worked on: the other cursors may be fed by the same thread, and
                    // of several bad rows the first is to be named.
                    if (_failure is null)
                        Read();
                    Volatile.Write(ref _rows, _rows + 1);
                }
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }
    }

    private void Read()
    {
        try
        {
            ReadRow();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        if (_failure is not null)
            return;
        _failure = ExceptionDispatchInfo.Capture(exception);
        _failureRow = cursor.Position < 0 ? long.MaxValue : GetRowNumber();
    }
}
