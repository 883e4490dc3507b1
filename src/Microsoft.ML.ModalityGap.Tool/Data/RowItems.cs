using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What the rows of the files of a run are, where 'embed' has said it: the library's messages know a column and a number, and who reads them knows neither.</summary>
internal sealed partial class RowItems
{
    private readonly Dictionary<string, (string Path, long RowCount)?> _files = new(StringComparer.Ordinal);

    /// <summary>Remembers which file each column comes from.</summary>
    internal void Add(ModalityInput input)
    {
        for (var i = 0; i < input.Names.Count; i++)
            Add(input.Names[i], input.Paths[i], input.GetRowCount(input.Names[i]));
    }

    /// <summary>The same of one column. Two files of the same name cannot be told apart, and neither is named then.</summary>
    internal void Add(string name, string path, long rowCount) =>
        _files[name] = _files.TryGetValue(name, out var known) && known != (path, rowCount) ? null : (path, rowCount);

    /// <summary>The message with what the row is behind its number; as it is where that is not known.</summary>
    internal string Name(string message) => NumberedRow().Replace(message, match =>
        _files.TryGetValue(match.Groups["column"].Value, out var file) && file is var (path, count)
        && long.TryParse(match.Groups["row"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? match.Value + TextLines.DescribeItem(path, row, count)
            : match.Value);

    [GeneratedRegex("\\bColumn '(?<column>[^']+)', row (?<row>[0-9]+)")]
    private static partial Regex NumberedRow();
}
