namespace Microsoft.ML.ModalityGap;

/// <summary>A kind of files of tables, told by the endings of their names.</summary>
internal interface ITableFormat
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>The endings, with their dots.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Reads what a file says of itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="member">What of it is meant, where that is said: where a file has several tables, that of the field of this name.</param>
    /// <exception cref="InvalidDataException">The file is not of this kind, is damaged, or holds what cannot be read here.</exception>
    ITableFile Open(string path, string? member);
}
