namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Text files with an id per line.</summary>
internal static class IdFile
{
    /// <exception cref="InvalidDataException">There are not as many lines as rows.</exception>
    internal static string[] Read(string path, long rowCount, string rowsPath)
    {
        var ids = File.ReadAllLines(path);
        if (ids.Length != rowCount)
            throw new InvalidDataException($"'{path}' has {ids.Length} lines, but '{rowsPath}' has {rowCount} rows; each row needs an id on a line of its own.");
        return Array.ConvertAll(ids, id => id.Trim());
    }
}
