using Apache.Arrow;
using Apache.Arrow.Types;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>An Arrow file: its schema, and where its record batches stand.</summary>
internal sealed class ArrowTable : ITableFile
{
    private readonly Schema _schema;
    private readonly IReadOnlyList<(long Offset, long RowCount, long Bytes)> _batches;

    internal ArrowTable(string path)
    {
        Name = path;
        using var handle = new ArrowHandle(path);
        _schema = handle.Schema;
        _batches = handle.Batches;
        Fields = [.. _schema.FieldsList.Select(Describe)];
        Blocks = [.. _batches.Select((batch, i) => new TableBlock($"record batch {i}", batch.RowCount))];
    }

    public string Name { get; }

    public IReadOnlyList<TableField> Fields { get; }

    public IReadOnlyList<TableBlock> Blocks { get; }

    public string? FindFingerprint(int field) =>
        _schema.Metadata is { } metadata && metadata.TryGetValue(ArrowFormat.FingerprintKey + Fields[field].Name, out var fingerprint) && fingerprint.Length > 0 ? fingerprint : null;

    public DataViewType GetColumnType(int field)
    {
        switch (_schema.FieldsList[field].DataType)
        {
            case FixedSizeListType fixedSize:
                return ColumnTypes.CreateVector(Name, Fields[field].Name, fixedSize.ListSize);
            case ListType or LargeListType:
                using (var handle = new ArrowHandle(Name))
                {
                    for (var block = 0; block < _batches.Count; block++)
                    {
                        using var batch = handle.Read(block);
                        var length = handle.Run(() =>
                        {
                            ArrowColumnCheck.Check(batch.Column(field), batch.Length);
                            return ArrowLists.FindLength(batch.Column(field));
                        });
                        if (length is not null)
                            return ColumnTypes.CreateVector(Name, Fields[field].Name, length.Value);
                    }
                }

                throw new InvalidDataException($"'{Name}' has no list in '{Fields[field].Name}', and so no dimension.");
            default:
                return ColumnTypes.Find(ArrowTypes.Find(_schema.FieldsList[field].DataType)!)!;
        }
    }

    // A record batch is read whole; its columns become ours beside it.
    public long EstimateBytes(int block, IReadOnlyList<int> fields) => 2 * _batches[block].Bytes;

    public ITableReader Open(IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows) => new ArrowTableReader(this, fields, unusableRows);

    private static TableField Describe(Field field) =>
        ArrowTypes.IsVector(field.DataType) ? new TableField(field.Name, IsVector: true)
        : field.DataType is FixedSizeListType or ListType or LargeListType ? new TableField(field.Name, IsVector: true, $"lists of {((NestedType)field.DataType).Fields[0].DataType.Name}")
        : new TableField(field.Name, IsVector: false, ArrowTypes.Find(field.DataType) is null ? $"values of {field.DataType.Name}" : null);
}
