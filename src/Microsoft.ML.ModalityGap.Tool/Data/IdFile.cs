namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Text files with an id per line.</summary>
internal static class IdFile
{
    /// <exception cref="InvalidDataException">There are not as many lines as rows, or one is blank: all rows without an id would belong together.</exception>
    internal static string[] Read(string path, long rowCount, string rowsPath)
    {
        string[] ids = [.. TextLines.ReadFor(path, rowCount, rowsPath).Select(line => line.Trim())];
        return Array.IndexOf(ids, "") is var blank and >= 0
            ? throw new InvalidDataException($"Line {blank + 1} of '{path}' is blank; each row of '{rowsPath}' needs an id on a line of its own.")
            : ids;
    }
}
