using Microsoft.Extensions.Options;

namespace Microsoft.ML.ModalityGap;

/// <summary>How many shards a silo works on at once.</summary>
internal sealed class SiloWork(IOptions<ModalityGapSiloOptions> options) : IDisposable
{
    internal SemaphoreSlim Turns { get; } = new(options.Value.ConcurrentShards);

    public void Dispose() => Turns.Dispose();
}
