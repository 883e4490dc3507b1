using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// One graph of USearch over vectors of equal length, compared by the inner product. Any number of threads may search or add at once; nothing else may happen meanwhile: the owner's lock says so.
/// </summary>
internal sealed unsafe class NativeGraph : IDisposable
{
    private readonly GraphHandle _handle;

    // The library has room for so many threads and does not check; one more would write into another's.
    private readonly SemaphoreSlim _threads;

    private NativeGraph(GraphHandle handle, int dimension, int threads)
    {
        (_handle, Dimension, _threads) = (handle, dimension, new SemaphoreSlim(threads, threads));
        NativeMethods.ChangeAddingThreads(handle, (nuint)threads, out var error);
        Check(error);
        NativeMethods.ChangeSearchingThreads(handle, (nuint)threads, out error);
        Check(error);
    }

    /// <summary>Values of a vector.</summary>
    internal int Dimension { get; }

    /// <summary>The number of vectors, without those removed.</summary>
    internal int Count
    {
        get
        {
            var count = NativeMethods.GetSize(_handle, out var error);
            Check(error);
            return checked((int)count);
        }
    }

    /// <summary>Bytes of memory.</summary>
    internal long Memory
    {
        get
        {
            var bytes = NativeMethods.GetMemory(_handle, out var error);
            Check(error);
            return (long)bytes;
        }
    }

    /// <exception cref="DllNotFoundException">USearch has no native library for this platform.</exception>
    internal static NativeGraph Create(int dimension, ApproximateIndexOptions options)
    {
        var native = new GraphOptions
        {
            Metric = GraphMetric.InnerProduct,
            Scalar = GetScalar(options.Storage),
            Dimension = (nuint)dimension,
            Connectivity = (nuint)options.Connectivity,
            ExpansionAdd = (nuint)options.ExpansionAdd,
            ExpansionSearch = (nuint)options.ExpansionSearch,
        };
        var handle = new GraphHandle(NativeMethods.Create(in native, out var error));
        Check(error);
        return new NativeGraph(handle, dimension, Environment.ProcessorCount);
    }

    internal static GraphScalar GetScalar(IndexStorage storage) => storage switch
    {
        IndexStorage.Float32 => GraphScalar.Float32,
        IndexStorage.Float16 => GraphScalar.Float16,
        _ => GraphScalar.Int8,
    };

    /// <summary>Makes room for more vectors, before threads add them; nobody may use the graph meanwhile.</summary>
    internal void ReserveFor(int more)
    {
        var capacity = NativeMethods.GetCapacity(_handle, out var error);
        Check(error);
        var wanted = checked((nuint)(Count + more));
        if (wanted <= capacity)
            return;
        NativeMethods.Reserve(_handle, wanted <= 2 * capacity ? 2 * capacity : wanted, out error);
        Check(error);

        // Reserving has the library count the machine's threads again.
        var threads = (nuint)Environment.ProcessorCount;
        NativeMethods.ChangeAddingThreads(_handle, threads, out error);
        Check(error);
        NativeMethods.ChangeSearchingThreads(_handle, threads, out error);
        Check(error);
    }

    /// <summary>Adds a vector, for which there must be room.</summary>
    internal void Add(ulong key, ReadOnlySpan<float> vector)
    {
        _threads.Wait();
        try
        {
            fixed (float* pointer = vector)
            {
                NativeMethods.Add(_handle, key, pointer, GraphScalar.Float32, out var error);
                Check(error);
            }
        }
        finally
        {
            _threads.Release();
        }
    }

    /// <summary>Removes a vector; whether there was one.</summary>
    internal bool Remove(ulong key)
    {
        var count = NativeMethods.Remove(_handle, key, out var error);
        Check(error);
        return count > 0;
    }

    /// <summary>Finds about the nearest of a vector.</summary>
    /// <returns>How many keys were written.</returns>
    internal int Search(ReadOnlySpan<float> vector, Span<ulong> keys, Span<float> distances)
    {
        _threads.Wait();
        try
        {
            fixed (float* pointer = vector)
            fixed (ulong* found = keys)
            fixed (float* at = distances)
            {
                var count = NativeMethods.Search(_handle, pointer, GraphScalar.Float32, (nuint)Math.Min(keys.Length, distances.Length), found, at, out var error);
                Check(error);
                return (int)count;
            }
        }
        finally
        {
            _threads.Release();
        }
    }

    /// <summary>How many rows a search keeps on its way.</summary>
    internal void SetSearchExpansion(int expansion)
    {
        NativeMethods.ChangeSearchExpansion(_handle, (nuint)expansion, out var error);
        Check(error);
    }

    /// <summary>The bytes that <see cref="Save"/> makes.</summary>
    internal long StoredLength
    {
        get
        {
            var length = NativeMethods.GetStoredLength(_handle, out var error);
            Check(error);
            return (long)length;
        }
    }

    /// <summary>The graph and its vectors in the library's own form, in memory of its length.</summary>
    internal NativeBuffer Save()
    {
        var buffer = new NativeBuffer();
        try
        {
            buffer.Resize(StoredLength);
            NativeMethods.Save(_handle, buffer.Pointer, (nuint)buffer.Length, out var error);
            Check(error);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Takes a graph that <see cref="Save"/> stored and <see cref="StoredGraph"/> checked: the library believes what it reads.</summary>
    /// <exception cref="InvalidDataException">The library refuses it.</exception>
    internal void Load(NativeBuffer buffer)
    {
        NativeMethods.Load(_handle, buffer.Pointer, (nuint)buffer.Length, out var error);
        if (error != 0)
            throw new InvalidDataException($"The stored approximate index is damaged: USearch says \"{Marshal.PtrToStringUTF8(error)}\".");
    }

    public void Dispose()
    {
        _handle.Dispose();
        _threads.Dispose();
    }

    private static void Check(nint error)
    {
        if (error != 0)
            throw new InvalidOperationException($"USearch failed: {Marshal.PtrToStringUTF8(error)}.");
    }
}
