using System.Runtime;

namespace TinyClip;

/// <summary>
/// Keeps the garbage collector out of training steps. TorchSharp 0.107 hands numbers to libtorch as objects with finalizers and holds no reference to them
/// during the call; a collection at that moment frees a number in use. Batch normalisation then ends the run ("Expected false to be true"), and what other
/// operations do with the freed number would go unnoticed. Tensors are freed by their scopes and need no collector.
/// </summary>
internal sealed class CollectionPause : IDisposable
{
    /// <summary>How many steps go by between two collections, and what these and the drawing of their batches allocate at most, in bytes.</summary>
    private const int Steps = 16;
    private const long Allocations = 200_000_000;

    private int _steps;

    /// <summary>Call before each step: collects now and then, so that the steps need not.</summary>
    internal void BeforeStep()
    {
        if (_steps++ % Steps != 0)
            return;
        Dispose();
        GC.TryStartNoGCRegion(Allocations);
    }

    /// <summary>Gives the collector back.</summary>
    public void Dispose()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            GC.EndNoGCRegion();
    }
}
