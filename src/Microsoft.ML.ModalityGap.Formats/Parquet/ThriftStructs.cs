using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>What stands in a field of a Thrift struct. Whole numbers of any width are one kind: they are written alike.</summary>
internal enum ThriftKind
{
    Bool,
    Byte,
    Number,
    Double,
    Binary,
    List,
    Struct,
}

/// <summary>The type of a field: of a list also that of its entries, of a struct which.</summary>
internal sealed record ThriftType(ThriftKind Kind, ThriftType? Entry = null, ThriftStruct? Struct = null);

/// <summary>A struct of Parquet's metadata.</summary>
internal sealed class ThriftStruct
{
    private static readonly Dictionary<string, ThriftStruct> _all = Read(
        """
        FileMetaData 1:number 2:[SchemaElement 3:number 4:[RowGroup 5:[KeyValue 6:binary 7:[ColumnOrder 8:EncryptionAlgorithm 9:binary
        SchemaElement 1:number 2:number 3:number 4:binary 5:number 6:number 7:number 8:number 9:number 10:LogicalType
        RowGroup 1:[ColumnChunk 2:number 3:number 4:[SortingColumn 5:number 6:number 7:number
        ColumnChunk 1:binary 2:number 3:ColumnMetaData 4:number 5:number 6:number 7:number 8:ColumnCryptoMetaData 9:binary
        ColumnMetaData 1:number 2:[number 3:[binary 4:number 5:number 6:number 7:number 8:[KeyValue 9:number 10:number 11:number 12:Statistics 13:[PageEncodingStats 14:number 15:number 16:SizeStatistics 17:GeospatialStatistics
        PageHeader 1:number 2:number 3:number 4:number 5:DataPageHeader 6:Empty 7:DictionaryPageHeader 8:DataPageHeaderV2
        DataPageHeader 1:number 2:number 3:number 4:number 5:Statistics
        DataPageHeaderV2 1:number 2:number 3:number 4:number 5:number 6:number 7:bool 8:Statistics
        DictionaryPageHeader 1:number 2:number 3:bool
        Statistics 1:binary 2:binary 3:number 4:number 5:binary 6:binary 7:bool 8:bool
        SizeStatistics 1:number 2:[number 3:[number
        GeospatialStatistics 1:BoundingBox 2:[number
        BoundingBox 1:double 2:double 3:double 4:double 5:double 6:double 7:double 8:double
        KeyValue 1:binary 2:binary
        SortingColumn 1:number 2:bool 3:bool
        PageEncodingStats 1:number 2:number 3:number
        ColumnOrder 1:Empty
        LogicalType 1:Empty 2:Empty 3:Empty 4:Empty 5:DecimalType 6:Empty 7:TimeType 8:TimeType 10:IntType 11:Empty 12:Empty 13:Empty 14:Empty 15:Empty 16:VariantType 17:GeographyType 18:GeographyType
        DecimalType 1:number 2:number
        TimeType 1:bool 2:TimeUnit
        TimeUnit 1:Empty 2:Empty 3:Empty
        IntType 1:byte 2:bool
        VariantType 1:byte
        GeographyType 1:binary 2:number
        EncryptionAlgorithm 1:Aes 2:Aes
        Aes 1:binary 2:binary 3:bool
        ColumnCryptoMetaData 1:Empty 2:EncryptionWithColumnKey
        EncryptionWithColumnKey 1:[binary 2:binary
        Empty
        """);

    private readonly Dictionary<long, ThriftType> _fields = [];

    private ThriftStruct(string name) => Name = name;

    /// <summary>What stands at a file's end.</summary>
    internal static ThriftStruct FileMetaData => _all[nameof(FileMetaData)];

    /// <summary>What stands before each page.</summary>
    internal static ThriftStruct PageHeader => _all[nameof(PageHeader)];

    internal string Name { get; }

    /// <summary>The type of a field; <see langword="null"/> for one that is not known.</summary>
    internal ThriftType? Find(long id) => _fields.GetValueOrDefault(id);

    /// <summary>A line a struct: its name, its fields; [ before the type of a list's entries.</summary>
    private static Dictionary<string, ThriftStruct> Read(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(' ')).ToArray();
        var structs = lines.ToDictionary(line => line[0], line => new ThriftStruct(line[0]), StringComparer.Ordinal);
        foreach (var line in lines)
        {
            foreach (var field in line[1..])
            {
                var colon = field.IndexOf(':', StringComparison.Ordinal);
                structs[line[0]]._fields.Add(long.Parse(field.AsSpan(0, colon), CultureInfo.InvariantCulture), ReadType(field[(colon + 1)..], structs));
            }
        }

        return structs;
    }

    private static ThriftType ReadType(string text, Dictionary<string, ThriftStruct> structs) =>
        text.StartsWith('[') ? new ThriftType(ThriftKind.List, ReadType(text[1..], structs))
        : structs.TryGetValue(text, out var found) ? new ThriftType(ThriftKind.Struct, Struct: found)
        : new ThriftType(Enum.Parse<ThriftKind>(text, ignoreCase: true));
}
