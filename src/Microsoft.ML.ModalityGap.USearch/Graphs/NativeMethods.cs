using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The functions of USearch's C interface that are used here. The package's managed class offers no reserving, which adding by several threads needs, and no buffers in memory.
/// </summary>
/// <remarks>Each writes a text into <c>error</c> where it fails, which nobody frees.</remarks>
internal static partial class NativeMethods
{
    private const string Library = "libusearch_c";

    [LibraryImport(Library, EntryPoint = "usearch_init")]
    internal static partial nint Create(in GraphOptions options, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_free")]
    internal static partial void Free(nint graph, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_size")]
    internal static partial nuint GetSize(GraphHandle graph, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_capacity")]
    internal static partial nuint GetCapacity(GraphHandle graph, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_memory_usage")]
    internal static partial nuint GetMemory(GraphHandle graph, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_reserve")]
    internal static partial void Reserve(GraphHandle graph, nuint capacity, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_change_threads_add")]
    internal static partial void ChangeAddingThreads(GraphHandle graph, nuint threads, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_change_threads_search")]
    internal static partial void ChangeSearchingThreads(GraphHandle graph, nuint threads, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_change_expansion_search")]
    internal static partial void ChangeSearchExpansion(GraphHandle graph, nuint expansion, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_add")]
    internal static unsafe partial void Add(GraphHandle graph, ulong key, float* vector, GraphScalar kind, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_remove")]
    internal static partial nuint Remove(GraphHandle graph, ulong key, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_search")]
    internal static unsafe partial nuint Search(GraphHandle graph, float* query, GraphScalar kind, nuint count, ulong* keys, float* distances, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_serialized_length")]
    internal static partial nuint GetStoredLength(GraphHandle graph, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_save_buffer")]
    internal static unsafe partial void Save(GraphHandle graph, byte* buffer, nuint length, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_load_buffer")]
    internal static unsafe partial void Load(GraphHandle graph, byte* buffer, nuint length, out nint error);
}

/// <summary>What a graph compares by.</summary>
internal enum GraphMetric : uint
{
    InnerProduct = 2,
}

/// <summary>How a graph holds numbers, as the C interface counts the kinds.</summary>
internal enum GraphScalar : uint
{
    Float32 = 1,
    Float16 = 3,
    Int8 = 4,
}

/// <summary><c>usearch_init_options_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct GraphOptions
{
    internal GraphMetric Metric { get; init; }

    internal nint CustomMetric { get; init; }

    internal GraphScalar Scalar { get; init; }

    internal nuint Dimension { get; init; }

    internal nuint Connectivity { get; init; }

    internal nuint ExpansionAdd { get; init; }

    internal nuint ExpansionSearch { get; init; }

    internal byte AllowsSeveralPerKey { get; init; }
}
