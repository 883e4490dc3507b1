using Microsoft.ML.Data;
using PureHDF;
using PureHDF.VOL.Native;

namespace Microsoft.ML.ModalityGap;

/// <summary>Data sets of an HDF5 file that have as many rows as that of the embeddings: of shape (N, D) as vectors, of shape (N) as values.</summary>
internal sealed class Hdf5Table : ITableFile
{
    private const long WindowBytes = 1 << 22;

    // Of so many bytes each, a terabyte.
    private const long MaximumWindows = 1 << 18;

    private readonly Dictionary<string, (DataViewType Type, Type Stored, long RowBytes, string? Fingerprint)> _datasets = new(StringComparer.Ordinal);
    private readonly long _rowBytes;
    private readonly long _windowRows;

    /// <param name="path">The file.</param>
    /// <param name="member">The data set whose rows are the table's; <see langword="null"/> for the first of shape (N, D).</param>
    internal Hdf5Table(string path, string? member)
    {
        Name = path;
        using var handle = new Hdf5Handle(path);
        var datasets = handle.ListDatasets().Select(entry => (entry.Path, entry.Dataset, Shape: handle.Run(() => entry.Dataset.Space.Dimensions))).ToArray();
        var main = datasets.FirstOrDefault(entry => member is null ? entry.Shape.Length == 2 && FindType(entry.Dataset.Type) is not null : entry.Path == member);
        var rowCount = main.Shape is [var count, ..] && count <= long.MaxValue ? (long)count : 0;
        Fields = [.. datasets.Select(entry => Describe(handle, entry.Path, entry.Dataset, entry.Shape, rowCount))];
        _rowBytes = _datasets.Values.Select(dataset => dataset.RowBytes).Append(1).Max();

        // Whole chunks, so that none is unpacked twice.
        var chunkRows = main.Dataset is null ? 1 : handle.Run(() => main.Dataset.Layout is { Class: H5DataLayoutClass.Chunked, Chunks: [var rows, ..] } ? (long)Math.Clamp(rows, 1, int.MaxValue) : 1);
        _windowRows = Math.Max(1, Math.Max(1, WindowBytes / _rowBytes / chunkRows) * chunkRows);
        var length = new FileInfo(path).Length;
        Expansion.Check(path, $"{_windowRows} rows that its chunks put together", (long)Math.Min((double)Math.Min(_windowRows, rowCount) * _rowBytes, long.MaxValue), length);
        Blocks = [.. Enumerable.Range(0, CountWindows(path, rowCount, _windowRows)).Select(i =>
            new TableBlock($"rows from {i * _windowRows}", Math.Min(_windowRows, rowCount - i * _windowRows)))];
    }

    public string Name { get; }

    public IReadOnlyList<TableField> Fields { get; }

    public IReadOnlyList<TableBlock> Blocks { get; }

    public string? FindFingerprint(int field) => _datasets[Fields[field].Name].Fingerprint;

    public DataViewType GetColumnType(int field) => _datasets[Fields[field].Name].Type;

    // What is read, and what it becomes.
    public long EstimateBytes(int block, IReadOnlyList<int> fields) => 2 * Blocks[block].RowCount * _rowBytes;

    public ITableReader Open(IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows) =>
        new Hdf5TableReader(Name, [.. fields.Select(field => (Fields[field.Field].Name, field.Type, _datasets[Fields[field.Field].Name].Stored))], _windowRows, [.. Blocks]);

    /// <summary>How many windows rows are read in.</summary>
    /// <exception cref="InvalidDataException">They are more than a file has: chunks that are not there take no room, so any number can be stated.</exception>
    internal static int CountWindows(string path, long rowCount, long windowRows)
    {
        var windows = (rowCount / windowRows) + (rowCount % windowRows == 0 ? 0 : 1);
        return windows <= MaximumWindows ? (int)windows : throw new InvalidDataException($"'{path}' is damaged: it would have {rowCount} rows, to be read in {windows} pieces, where {MaximumWindows} are more than any file has.");
    }

    private TableField Describe(Hdf5Handle handle, string path, IH5Dataset dataset, ulong[] shape, long rowCount)
    {
        var length = new FileInfo(Name).Length;
        Expansion.Check(Name, $"an entry of '{path}'", dataset.Type.Size, length);

        // A chunk is unpacked as a whole, whatever is asked of it.
        if (handle.Run(() => dataset.Layout is { Class: H5DataLayoutClass.Chunked, Chunks: { } chunks } ? chunks.Aggregate((double)dataset.Type.Size, (bytes, size) => bytes * size) : 0) is > 0 and var chunkBytes)
        {
            Expansion.Check(Name, $"a chunk of '{path}'", (long)Math.Min(chunkBytes, long.MaxValue), length);
            Hdf5Chunks.CheckFilters(Name, path, dataset, chunkBytes);
        }

        var stored = FindType(dataset.Type);
        var isVector = shape.Length == 2;
        if (stored is null || shape.Length is not (1 or 2) || (isVector && stored != typeof(float) && stored != typeof(double) && stored != typeof(Half)) || (!isVector && stored == typeof(Half)))
            return new TableField(path, isVector, $"{dataset.Type.Class} of {dataset.Type.Size} bytes and shape ({string.Join(", ", shape)})");
        if (dataset.Layout.Class == H5DataLayoutClass.VirtualStorage || dataset is NativeDataset { InternalExternalFileList: not null })
            return new TableField(path, isVector, "numbers that lie in other files, which may be any");
        if (shape[0] != (ulong)rowCount)
            return new TableField(path, isVector, $"{shape[0]} rows where {rowCount} are read");
        var fingerprint = isVector ? handle.Run(() => ReadFingerprint(dataset)) : null;
        var rowBytes = isVector ? (long)Math.Min(shape[1], int.MaxValue) * sizeof(double) : stored == typeof(string) ? (long)dataset.Type.Size * sizeof(char) : 1;
        _datasets[path] = (isVector ? ColumnTypes.CreateVector(Name, path, (long)shape[1]) : ColumnTypes.Find(stored == typeof(string) ? typeof(ReadOnlyMemory<char>) : stored)!, stored, rowBytes, fingerprint);
        return new TableField(path, isVector);
    }

    private static string? ReadFingerprint(IH5Dataset dataset)
    {
        if (!dataset.AttributeExists(SafetensorsFormat.FingerprintKey))
            return null;
        var attribute = dataset.Attribute(SafetensorsFormat.FingerprintKey);
        return attribute.Type.Class is H5DataTypeClass.String or H5DataTypeClass.VariableLength ? attribute.Read<string>() : throw new InvalidDataException($"the attribute '{SafetensorsFormat.FingerprintKey}' is no text.");
    }

    private static Type? FindType(IH5DataType type) => (type.Class, type.Size) switch
    {
        (H5DataTypeClass.FloatingPoint, 2) => typeof(Half),
        (H5DataTypeClass.FloatingPoint, 4) => typeof(float),
        (H5DataTypeClass.FloatingPoint, 8) => typeof(double),
        (H5DataTypeClass.FixedPoint, 1) => type.FixedPoint.IsSigned ? typeof(sbyte) : typeof(byte),
        (H5DataTypeClass.FixedPoint, 2) => type.FixedPoint.IsSigned ? typeof(short) : typeof(ushort),
        (H5DataTypeClass.FixedPoint, 4) => type.FixedPoint.IsSigned ? typeof(int) : typeof(uint),
        (H5DataTypeClass.FixedPoint, 8) => type.FixedPoint.IsSigned ? typeof(long) : typeof(ulong),
        (H5DataTypeClass.String or H5DataTypeClass.VariableLength, _) => typeof(string),
        _ => null,
    };
}
