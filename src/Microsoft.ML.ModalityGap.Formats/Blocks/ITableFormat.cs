using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>A kind of files of tables, told by the endings of their names.</summary>
internal interface ITableFormat
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>The endings, with their dots.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>What columns a file takes, for messages.</summary>
    string Contents { get; }

    /// <summary>Reads what a file says of itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="member">What of it is meant, where that is said: where a file has several tables, that of the field of this name.</param>
    /// <exception cref="InvalidDataException">The file is not of this kind, is damaged, or holds what cannot be read here.</exception>
    ITableFile Open(string path, string? member);

    /// <summary>Whether a column can be written that can be gathered (<see cref="ColumnBuffer.CanGather"/>).</summary>
    bool CanWrite(DataViewType type);

    /// <summary>Begins a file.</summary>
    /// <param name="stream">At the beginning of the file, for reading, writing and seeking.</param>
    /// <param name="columns">The columns, whose rows are gathered block by block.</param>
    /// <param name="rowCount">How many rows there will be.</param>
    /// <param name="blockRows">How many at most in a block.</param>
    ITableWriter Create(Stream stream, IReadOnlyList<ColumnBuffer> columns, Lazy<long> rowCount, int blockRows);
}
