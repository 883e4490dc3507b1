using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>A file with a table of rows that is read in blocks: row groups, record batches, windows of rows.</summary>
internal interface ITableFile
{
    /// <summary>For messages: the file.</summary>
    string Name { get; }

    /// <summary>What its rows have.</summary>
    IReadOnlyList<TableField> Fields { get; }

    /// <summary>Its rows, block by block.</summary>
    IReadOnlyList<TableBlock> Blocks { get; }

    /// <summary>Of the maps that a field's vectors came through, where the file says so.</summary>
    string? FindFingerprint(int field);

    /// <summary>The column a field becomes. A list field has the dimension of its first list.</summary>
    /// <exception cref="InvalidDataException">There is no list to take the dimension from, or one no embedding has.</exception>
    DataViewType GetColumnType(int field);

    /// <summary>About how many bytes of memory reading a block takes.</summary>
    long EstimateBytes(int block, IReadOnlyList<int> fields);

    /// <summary>Opens a reader of some fields.</summary>
    /// <param name="fields">The fields with the columns they become.</param>
    /// <param name="unusableRows">What becomes of a list of another length, and of one that is missing: an error, or a row of NaN.</param>
    ITableReader Open(IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows);
}
