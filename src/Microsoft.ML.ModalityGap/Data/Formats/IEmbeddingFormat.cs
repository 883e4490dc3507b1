namespace Microsoft.ML.ModalityGap;

/// <summary>A kind of files of embeddings, told by the ending of their names.</summary>
internal interface IEmbeddingFormat
{
    /// <summary>The ending, with its dot.</summary>
    string Extension { get; }

    /// <summary>Whether a file holds arrays with names, of which <c>file.npz:name</c> takes one.</summary>
    bool HasMembers { get; }

    /// <summary>The arrays of a file, whatever their shapes.</summary>
    /// <param name="path">The file, which exists.</param>
    /// <param name="warn">Hears of what does not hinder reading.</param>
    /// <returns>Each with its name; a file without names for them has one array named "".</returns>
    /// <exception cref="InvalidDataException">The file is not of this kind, is damaged, or holds what cannot be read here.</exception>
    IReadOnlyList<(string Member, StoredMatrix Matrix)> List(string path, Action<string> warn);

    /// <summary>Writes columns.</summary>
    /// <param name="stream">At its beginning; can seek.</param>
    /// <param name="columns">At least one; an array each, or where a file holds one array, that of them all.</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <exception cref="InvalidDataException">The columns cannot be in one file, or a row has another dimension than the first.</exception>
    void Write(Stream stream, IReadOnlyList<WrittenColumn> columns, NpyElementType elementType);

    /// <summary>Writes what goes beside a file that is in its place.</summary>
    void WriteBeside(string path, IReadOnlyList<WrittenColumn> columns)
    {
    }
}
