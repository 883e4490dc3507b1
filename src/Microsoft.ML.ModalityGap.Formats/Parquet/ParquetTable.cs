using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>A Parquet file: what its footer says.</summary>
internal sealed class ParquetTable : ITableFile
{
    // A number of a list while it is read: itself, where its list begins, whether it is there, and the page it comes from, packed and unpacked.
    private const long BytesOfNumber = 5 * sizeof(float);
    private const long BytesOfScalar = 64;
    private const long ManyNumbers = 1 << 22;

    private readonly Dictionary<string, string> _metadata;
    private readonly long[][] _valueCounts;

    internal ParquetTable(string path)
    {
        Name = path;
        using var handle = new ParquetHandle(path);
        (Fields, Blocks, _metadata, _valueCounts) = handle.Run(() =>
        {
            var groups = handle.Reader.RowGroups;
            return (
                handle.Schema.Fields.Select(Describe).ToArray(),
                groups.Select((group, i) => new TableBlock($"row group {i}", CheckCount(group.RowCount))).ToArray(),
                handle.Reader.CustomMetadata,
                groups.Select(group => handle.Schema.Fields.Select(field => FindLeaf(field) is { } leaf && group.GetMetadata(leaf)?.MetaData is { } chunk ? CheckCount(chunk.NumValues) : 0).ToArray()).ToArray());
        });
    }

    public string Name { get; }

    public IReadOnlyList<TableField> Fields { get; }

    public IReadOnlyList<TableBlock> Blocks { get; }

    public string? FindFingerprint(int field) => _metadata.TryGetValue(ParquetFormat.FingerprintKey + Fields[field].Name, out var fingerprint) && fingerprint.Length > 0 ? fingerprint : null;

    public DataViewType GetColumnType(int field)
    {
        using var handle = new ParquetHandle(Name);
        if (!Fields[field].IsVector)
            return ColumnTypes.Find(FindLeaf(handle.Schema.Fields[field])!.ClrType)!;

        // The first list says it. A row group so large that nobody wants to read it twice has even lists where its numbers go evenly into its rows, or reading it is an error that says what was expected.
        for (var block = 0; block < Blocks.Count; block++)
        {
            var (rows, values) = (Blocks[block].RowCount, _valueCounts[block][field]);
            if (rows > 0 && values > ManyNumbers && values % rows == 0)
                return ColumnTypes.CreateVector(Name, Fields[field].Name, values / rows);
            if (rows > 0 && ParquetLists.FindLength(handle, block, handle.Schema.Fields[field]) is { } length)
                return ColumnTypes.CreateVector(Name, Fields[field].Name, length);
        }

        throw new InvalidDataException($"'{Name}' has no list in '{Fields[field].Name}', and so no dimension.");
    }

    public long EstimateBytes(int block, IReadOnlyList<int> fields) =>
        fields.Sum(field => Fields[field].IsVector ? _valueCounts[block][field] * BytesOfNumber : Blocks[block].RowCount * BytesOfScalar);

    public ITableReader Open(IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows) => new ParquetTableReader(this, fields, unusableRows);

    /// <summary>The one column of values behind a field; <see langword="null"/> where there are several.</summary>
    internal static DataField? FindLeaf(Field field) => field switch
    {
        DataField leaf => leaf,
        ListField { Item: DataField leaf } => leaf,
        _ => null,
    };

    private static TableField Describe(Field field)
    {
        var leaf = FindLeaf(field);
        var isList = field is ListField || leaf is { IsArray: true };
        if (leaf is null)
            return new TableField(field.Name, IsVector: false, $"a {field.SchemaType.ToString().ToLowerInvariant()} of others");
        if (isList)
            return new TableField(field.Name, IsVector: true, leaf.MaxRepetitionLevel == 1 && (leaf.ClrType == typeof(float) || leaf.ClrType == typeof(double)) ? null : $"lists of {leaf.ClrType.Name}");
        return new TableField(field.Name, IsVector: false, ColumnTypes.Find(leaf.ClrType) is null ? $"values of {leaf.ClrType.Name}" : null);
    }

    private long CheckCount(long count) => count is >= 0 and <= int.MaxValue
        ? count
        : throw new InvalidDataException($"'{Name}' is damaged, or has row groups too large for Parquet.Net: one would hold {count} values.");
}
