using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Tables in the text form of results: the first column to the left, the others to the right.</summary>
internal static class PlainTable
{
    internal static string Format(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines = [headers, .. rows];
        var widths = Enumerable.Range(0, headers.Count).Select(column => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length > 0)
                text.AppendLine();
            var cells = line.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString();
    }
}
