namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Text files with something in each line.</summary>
internal static class TextLines
{
    /// <summary>All lines of a file.</summary>
    /// <exception cref="InvalidDataException">The file is empty or not in UTF-8.</exception>
    internal static List<string> Read(string path) => Utf8Lines.Read(path);

    /// <summary>The lines of a file that goes with the rows of another.</summary>
    /// <exception cref="InvalidDataException">There are not as many lines as rows.</exception>
    internal static List<string> ReadFor(string path, long rowCount, string rowsPath)
    {
        var lines = Read(path);
        return lines.Count == rowCount ? lines : throw new InvalidDataException($"'{path}' has {lines.Count} lines, but '{rowsPath}' has {rowCount} rows; a line for each row is expected.");
    }

    /// <summary>The ids of the rows of another file, one a line.</summary>
    /// <exception cref="InvalidDataException">There are not as many lines as rows.</exception>
    internal static string[] ReadIds(string path, long rowCount, string rowsPath)
    {
        string[] ids = [.. ReadFor(path, rowCount, rowsPath).Select(id => id.Trim())];

        // Rows without an id would all belong together.
        return Array.IndexOf(ids, "") is var blank and >= 0
            ? throw new InvalidDataException($"Line {blank + 1} of '{path}' is blank; each row of '{rowsPath}' needs an id on a line of its own.")
            : ids;
    }

    /// <summary>A row by its number and, where 'embed' has said what the rows of its file are, by that: <c>row 3 ('cat.jpg') of 'photos.npy'</c>.</summary>
    internal static string NameRow(string npyPath, long row, long rowCount) =>
        $"row {row}{DescribeItem(npyPath, row, rowCount)} of '{npyPath}'";

    /// <summary>What goes behind a row's number: <c> ('cat.jpg')</c> where 'embed' has said what the row is, else nothing.</summary>
    internal static string DescribeItem(string npyPath, long row, long rowCount) =>
        row >= 0 && row < rowCount && FindItems(npyPath, rowCount) is { } items ? $" ('{items[(int)row]}')" : "";

    /// <summary>A text as a cell of a file of columns separated by tabs; a tab in it would be a column.</summary>
    internal static string ToCell(string? text) => text?.Replace('\t', ' ') ?? "";

    /// <summary>What the rows of a .npy file are, where 'embed' has written that beside it; <see langword="null"/> where it has not, or for other rows.</summary>
    internal static List<string>? FindItems(string npyPath, long rowCount)
    {
        var path = EmbeddingOutput.GetItemsPath(npyPath);
        return File.Exists(path) && Read(path) is { } items && items.Count == rowCount ? items : null;
    }
}
