using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Arrow's files and streams (Feather, version 2, is the former), by Apache.Arrow: record batch by record batch.</summary>
/// <remarks>Source: the format's description, arrow.apache.org/docs/format/Columnar.html.</remarks>
internal sealed class ArrowFormat : ITableFormat
{
    /// <summary>Before a column's name, the key of the schema's metadata under which the fingerprint of the maps stands that its vectors came through.</summary>
    internal const string FingerprintKey = SafetensorsFormat.FingerprintKey + ".";

    public string Name => "Arrow";

    public IReadOnlyList<string> Extensions => [".arrow", ".feather"];

    public string Contents => "an Arrow file takes vectors of Single, numbers, texts, truth values and times";

    public ITableFile Open(string path, string? member) => new ArrowTable(path);

    public bool CanWrite(DataViewType type) => true;

    public ITableWriter Create(Stream stream, IReadOnlyList<ColumnBuffer> columns, Lazy<long> rowCount, int blockRows) => new ArrowTableWriter(stream, columns);
}
