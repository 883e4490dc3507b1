using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Apache Parquet, by Parquet.Net: row group by row group.</summary>
/// <remarks>Source: the format's description, github.com/apache/parquet-format.</remarks>
internal sealed class ParquetFormat : ITableFormat
{
    /// <summary>Before a column's name, the key of the file's metadata under which the fingerprint of the maps stands that its vectors came through.</summary>
    internal const string FingerprintKey = SafetensorsFormat.FingerprintKey + ".";

    public string Name => "Parquet";

    public IReadOnlyList<string> Extensions => [".parquet"];

    public string Contents => "a Parquet file takes vectors of Single, numbers, texts, truth values and times";

    public ITableFile Open(string path, string? member) => new ParquetTable(path);

    public bool CanWrite(DataViewType type) => true;

    public ITableWriter Create(Stream stream, IReadOnlyList<ColumnBuffer> columns, Lazy<long> rowCount, int blockRows) => new ParquetTableWriter(stream, columns);
}
