namespace Microsoft.ML.ModalityGap;

/// <summary>A table in a text file: a heading with the columns' names, then a row a line, parted by tabs.</summary>
internal sealed class TabTable
{
    private readonly string _path;
    private readonly string[] _headers;
    private readonly List<string> _lines;

    private TabTable(string path, string[] headers, List<string> lines) => (_path, _headers, _lines) = (path, headers, lines);

    /// <summary>Reads a file whose heading has given columns.</summary>
    /// <exception cref="InvalidDataException">It has not.</exception>
    internal static TabTable Open(string path, params IReadOnlyList<string> required)
    {
        var lines = Utf8Lines.Read(path);
        var headers = lines[0].TrimStart('\uFEFF').Split('\t', StringSplitOptions.TrimEntries);
        return required.FirstOrDefault(column => !headers.Contains(column, StringComparer.OrdinalIgnoreCase)) is { } missing
            ? throw new InvalidDataException($"'{path}' has no column '{missing}': its first line names {string.Join(", ", headers)}; columns are parted by tabs, and {string.Join(", ", required)} are expected.")
            : new TabTable(path, headers, lines);
    }

    /// <summary>The rows, each as what a column is in it (<see langword="null"/> for one that the table has not) and where it stands.</summary>
    internal IEnumerable<(Func<string, string?> Get, string Where)> ReadRows()
    {
        for (var i = 1; i < _lines.Count; i++)
        {
            if (_lines[i].Length == 0)
                continue;
            var cells = _lines[i].Split('\t');
            var where = $"'{_path}', line {i + 1}";
            if (cells.Length != _headers.Length)
                throw new InvalidDataException($"{where} has {cells.Length} columns, but the heading has {_headers.Length}.");
            yield return (name => Array.FindIndex(_headers, header => string.Equals(header, name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var column ? cells[column].Trim() : null, where);
        }
    }
}
