using System.Collections.Concurrent;
using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>A Parquet file: what its footer says.</summary>
internal sealed class ParquetTable : ITableFile
{
    /// <summary>How many values of a column are read at once of a row group that is read in pieces: 4 MB of vectors, as <c>SaveAsParquet</c> makes row groups.</summary>
    internal const int PieceValues = 1 << 20;

    // A number of a list while it is read: itself, where its list begins, whether it is there, and the page it comes from, packed and unpacked.
    private const long BytesOfNumber = 5 * sizeof(float);
    private const long BytesOfScalar = 64;

    // A row group of so many pieces is read as a whole.
    private const int FewPieces = 4;

    private readonly Dictionary<string, string> _metadata;
    private readonly long[][] _valueCounts;
    private readonly ParquetPiece[] _pieces;
    private readonly ConcurrentDictionary<(int Group, int Field), (long Values, long Bytes)> _pages = new();

    /// <param name="path">The file.</param>
    /// <param name="pieceValues">See <see cref="PieceValues"/>.</param>
    internal ParquetTable(string path, int pieceValues = PieceValues)
    {
        Name = path;
        long[] rowCounts;
        using var handle = new ParquetHandle(path);
        (Fields, rowCounts, _metadata, _valueCounts) = handle.Run(() =>
        {
            var groups = handle.Reader.RowGroups;
            return (
                handle.Schema.Fields.Select(Describe).ToArray(),
                groups.Select(group => CheckCount(group.RowCount)).ToArray(),
                handle.Reader.CustomMetadata,
                groups.Select(group => handle.Schema.Fields.Select(field => FindLeaf(field) is { } leaf && group.GetMetadata(leaf)?.MetaData is { } chunk ? Math.Max(0, chunk.NumValues) : 0).ToArray()).ToArray());
        });
        _pieces = [.. rowCounts.SelectMany((rows, group) => Divide(group, rows, _valueCounts[group].Append(rows).Max(), pieceValues, new FileInfo(path).Length))];
        Blocks = [.. _pieces.Select(piece => piece.Block)];
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

        // The first list says it.
        foreach (var piece in _pieces.Where(piece => piece.Block.FirstRow == 0))
        {
            if (FindLength(handle, piece with { Block = piece.Block with { RowCount = piece.GroupRows } }, handle.Schema.Fields[field]) is { } length)
                return ColumnTypes.CreateVector(Name, Fields[field].Name, length);
        }

        throw new InvalidDataException($"'{Name}' has no list in '{Fields[field].Name}', and so no dimension.");
    }

    public long EstimateBytes(int block, IReadOnlyList<int> fields)
    {
        var piece = _pieces[block];
        var sum = 0L;
        foreach (var field in fields)
        {
            var values = Fields[field].IsVector ? _valueCounts[piece.Group][field] : piece.GroupRows;
            var bytes = Fields[field].IsVector ? BytesOfNumber : BytesOfScalar;
            if (piece.Block.RowCount == piece.GroupRows)
            {
                sum += values * bytes;
                continue;
            }

            // A piece begins on one page and ends on another, of which the rest is held, too.
            var largest = _pages.GetOrAdd((piece.Group, field), key => FindLargestPage(key.Group, key.Field));
            sum += (long)((double)values * piece.Block.RowCount / piece.GroupRows + 2 * largest.Values) * bytes + largest.Bytes;
        }

        return sum;
    }

    /// <summary>What a block is.</summary>
    internal ParquetPiece GetPiece(int block) => _pieces[block];

    public ITableReader Open(IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows) => new ParquetTableReader(this, fields, unusableRows);

    /// <summary>The one column of values behind a field; <see langword="null"/> where there are several.</summary>
    internal static DataField? FindLeaf(Field field) => field switch
    {
        DataField leaf => leaf,
        ListField { Item: DataField leaf } => leaf,
        _ => null,
    };

    /// <summary>A row group, or rows of it behind each other.</summary>
    private IEnumerable<ParquetPiece> Divide(int group, long rows, long values, int pieceValues, long fileBytes)
    {
        var name = $"row group {group}";
        Expansion.Check(Name, $"{name} of {values} values", sizeof(float) * Math.Min(values, long.MaxValue / sizeof(float)), fileBytes);
        var step = values <= FewPieces * (long)pieceValues ? rows : (long)Math.Max(1, (double)pieceValues * rows / values);
        for (var row = 0L; row < rows; row += step)
            yield return new ParquetPiece(group, rows, new TableBlock(name, Math.Min(step, rows - row), row));
    }

    private (long Values, long Bytes) FindLargestPage(int group, int field)
    {
        // A dictionary is there packed, unpacked, and as values.
        const int Copies = 3;
        using var handle = new ParquetHandle(Name);
        var chunk = handle.Open(group, FindLeaf(handle.Schema.Fields[field])!);
        return (chunk.LargestPage, Copies * chunk.DictionaryBytes);
    }

    private int? FindLength(ParquetHandle handle, ParquetPiece group, Field field) => FindLeaf(field) is var leaf && leaf!.ClrType == typeof(float)
        ? new ParquetLists<float>(handle, Name, field, leaf, 0, UnusableRows.Throw).FindLength(group.Group, group.Block)
        : new ParquetLists<double>(handle, Name, field, leaf!, 0, UnusableRows.Throw).FindLength(group.Group, group.Block);

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
        : throw new InvalidDataException($"'{Name}' is damaged, or has row groups larger than any reader takes: one would have {count} rows.");
}
