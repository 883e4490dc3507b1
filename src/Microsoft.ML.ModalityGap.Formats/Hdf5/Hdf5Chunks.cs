using PureHDF;
using PureHDF.VOL.Native;

namespace Microsoft.ML.ModalityGap;

/// <summary>The chunks of a data set that are packed: how long each is stated to be, which is what PureHDF makes room for before it reads one.</summary>
internal sealed class Hdf5Chunks
{
    private const ushort ScaleOffset = 6;

    private readonly string _path;
    private readonly NativeDataset _dataset;
    private readonly H5D_Chunk _chunks;
    private readonly ulong _perRow;

    private Hdf5Chunks(string path, NativeDataset dataset)
    {
        (_path, _dataset) = (path, dataset);
        var info = new DatasetInfo(dataset.InternalDataspace, dataset.InternalDataType, dataset.InternalDataLayout, dataset.InternalFillValue, dataset.InternalFilterPipeline, dataset.InternalExternalFileList);
        _chunks = H5D_Chunk.Create(dataset.Context, null!, info, default, default);
        _chunks.Initialize();
        _perRow = _chunks.ScaledDims.Skip(1).Aggregate(1UL, (product, count) => checked(product * count));
    }

    /// <summary>Those of a data set; <see langword="null"/> where it has none that are packed, or none at all that are written.</summary>
    internal static Hdf5Chunks? Find(string path, IH5Dataset dataset)
    {
        if (dataset is not NativeDataset { InternalDataLayout: { LayoutClass: LayoutClass.Chunked } layout, InternalFilterPipeline: not null } native)
            return null;
        var address = layout is DataLayoutMessage12 old ? old.Address : ((DataLayoutMessage3)layout).Properties.Address;
        return native.Context.Superblock.IsUndefinedAddress(address) ? null : new Hdf5Chunks(path, native);
    }

    /// <summary>Filters that make more of a chunk than is in it: each at most once, and none to more than the chunk.</summary>
    /// <exception cref="InvalidDataException">They would make more.</exception>
    internal static void CheckFilters(string path, string name, IH5Dataset dataset, double chunkBytes)
    {
        if (dataset is not NativeDataset { InternalFilterPipeline.FilterDescriptions: { } filters })
            return;
        if (filters.DistinctBy(filter => filter.Identifier).Count() != filters.Length)
            throw new InvalidDataException($"'{path}' is damaged: chunks of '{name}' would be packed more than once by the same filter.");

        // Of its parameters the third is how many numbers, the fifth how long one is.
        if (filters.FirstOrDefault(filter => filter.Identifier == ScaleOffset) is { ClientData: [_, _, var count, _, var size, ..] } && (double)count * size > chunkBytes)
            throw new InvalidDataException($"'{path}' is damaged: chunks of '{name}', of {chunkBytes} bytes, would come to {(double)count * size}.");
    }

    /// <summary>The chunks that rows lie in.</summary>
    /// <exception cref="InvalidDataException">One would be longer than the file.</exception>
    internal void Check(ulong start, ulong count)
    {
        var (first, last) = (start / _chunks.ChunkDims[0], (start + count - 1) / _chunks.ChunkDims[0]);
        for (var chunk = first * _perRow; chunk < (last + 1) * _perRow; chunk++)
        {
            var info = _chunks.GetReadChunkInfo(chunk);
            if (!_dataset.Context.Superblock.IsUndefinedAddress(info.Address) && info.Size > (ulong)_dataset.Context.Driver.Length)
                throw new InvalidDataException($"'{_path}' is damaged: a chunk would be {info.Size} bytes long, where the file has {_dataset.Context.Driver.Length}.");
        }
    }
}
