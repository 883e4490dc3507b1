using System.Runtime.ExceptionServices;

namespace Microsoft.ML.ModalityGap;

/// <summary><see cref="Parallel.For(int, int, Action{int})"/> that throws what the work threw, the lowest index first, not an aggregate around it.</summary>
internal static class ParallelFor
{
    internal static void Run(int count, int maxDegreeOfParallelism, Action<int> work)
    {
        // Every index runs, whatever fails beside it, so that the failure reported does not depend on timing.
        ExceptionDispatchInfo? failure = null;
        var failed = int.MaxValue;
        var gate = new Lock();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism }, index =>
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
        });
        failure?.Throw();
    }
}
