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
        _batches = handle.ListBatches();
        Fields = [.. _schema.FieldsList.Select(Describe)];
        Blocks = [.. _batches.Select((batch, i) => new TableBlock($"record batch {i}", batch.RowCount is >= 0 and <= int.MaxValue
            ? batch.RowCount
            : throw new InvalidDataException($"'{path}' is damaged: a record batch would have {batch.RowCount} rows.")))];
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
            case ListType:
                using (var handle = new ArrowHandle(Name))
                {
                    foreach (var (offset, _, _) in _batches)
                    {
                        using var batch = handle.Read(offset);
                        var lists = (ListArray)batch.Column(field);
                        for (var row = 0; row < lists.Length; row++)
                        {
                            if (lists.IsValid(row) && lists.GetValueLength(row) is > 0 and var length)
                                return ColumnTypes.CreateVector(Name, Fields[field].Name, length);
                        }
                    }
                }

                throw new InvalidDataException($"'{Name}' has no list in '{Fields[field].Name}', and so no dimension.");
            default:
                return ColumnTypes.Find(FindType(_schema.FieldsList[field].DataType)!)!;
        }
    }

    // A record batch is read whole; its columns become ours beside it.
    public long EstimateBytes(int block, IReadOnlyList<int> fields) => 2 * _batches[block].Bytes;

    public ITableReader Open(IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows) => new ArrowTableReader(this, fields, unusableRows);

    /// <summary>Where a record batch begins.</summary>
    internal long GetOffset(int block) => _batches[block].Offset;

    private static TableField Describe(Field field) => field.DataType switch
    {
        FixedSizeListType { ValueDataType: FloatType or DoubleType or HalfFloatType } or ListType { ValueDataType: FloatType or DoubleType or HalfFloatType } => new TableField(field.Name, IsVector: true),
        FixedSizeListType or ListType => new TableField(field.Name, IsVector: true, $"lists of {((NestedType)field.DataType).Fields[0].DataType.Name}"),
        var type => new TableField(field.Name, IsVector: false, FindType(type) is null ? $"values of {type.Name}" : null),
    };

    private static Type? FindType(IArrowType type) => type switch
    {
        StringType => typeof(ReadOnlyMemory<char>),
        BooleanType => typeof(bool),
        Int8Type => typeof(sbyte),
        UInt8Type => typeof(byte),
        Int16Type => typeof(short),
        UInt16Type => typeof(ushort),
        Int32Type => typeof(int),
        UInt32Type => typeof(uint),
        Int64Type => typeof(long),
        UInt64Type => typeof(ulong),
        FloatType => typeof(float),
        DoubleType => typeof(double),
        _ => null,
    };
}
