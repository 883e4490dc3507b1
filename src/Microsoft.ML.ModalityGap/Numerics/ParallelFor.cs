using System.Runtime.ExceptionServices;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Parallel.For(int, int, Action{int})"/> that throws what the work threw, the lowest index first, not an aggregate around it.</summary>
/// <remarks>A loop within one that keeps all cores busy already runs on the thread it is called on: more threads would only get in each other's way. Threads are those of a <see cref="ThreadTeam"/> where one is open, else the pool's.</remarks>
internal static class ParallelFor
{
    [ThreadStatic]
    private static bool _areAllBusy;

    /// <summary>How many threads a loop that is started here has.</summary>
    internal static int AvailableThreads => _areAllBusy ? 1 : Environment.ProcessorCount;

    /// <summary>How many processors a loop that is started here has.</summary>
    /// <param name="maxDegreeOfParallelism">The most threads to use; −1 for as many as there are.</param>
    internal static int LimitThreads(int maxDegreeOfParallelism) => maxDegreeOfParallelism < 0 ? AvailableThreads : Math.Min(maxDegreeOfParallelism, AvailableThreads);

    internal static void Run(int count, int maxDegreeOfParallelism, Action<int> work)
    {
        // No more threads than processors, unless so many are asked for: without a limit the pool adds some while indexes run long, each with memory of its own.
        // Every index runs, whatever fails beside it, so that the failure reported does not depend on timing.
        ExceptionDispatchInfo? failure = null;
        var failed = int.MaxValue;
        var gate = new Lock();
        var threads = Math.Min(count, maxDegreeOfParallelism < 0 ? Environment.ProcessorCount : maxDegreeOfParallelism);
        if (_areAllBusy || threads <= 1)
        {
            for (var index = 0; index < count; index++)
                Try(index);
        }
        else
        {
            var keepsAllBusy = threads >= Environment.ProcessorCount;
            if (ThreadTeam.Current?.TryRun(count, threads, RunIndex) is not true)
                Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, RunIndex);

            void RunIndex(int index)
            {
                _areAllBusy = keepsAllBusy;
                Try(index);
                _areAllBusy = false;
            }
        }

        failure?.Throw();

        void Try(int index)
        {
            try
            {
                work(index);
            }
            catch (Exception exception)
            {
                lock (gate)
                {
                    if (index < failed)
                        (failed, failure) = (index, ExceptionDispatchInfo.Capture(exception));
                }
            }
        }
    }
}
