namespace Microsoft.ML.ModalityGap;

/// <summary>Work that keeps a core busy for long has a thread of its own: on those of the pool, which are as many as there are cores, a silo's messages would wait for its end, its answers to whether it is still there among them.</summary>
internal static class OwnThread
{
    internal static Task<T> RunAsync<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
