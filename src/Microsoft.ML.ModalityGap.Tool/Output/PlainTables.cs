namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Tables for pipes and files: columns aligned with spaces, and nothing else.</summary>
internal static class PlainTables
{
    internal static void Write(TextWriter writer, TextTable table)
    {
        var lines = new[] { table.Headers }.Concat(table.Rows).ToArray();
        var widths = table.Headers.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();

        writer.WriteLine(table.Title);
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => table.IsNumeric(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }

        if (table.Note is { } note)
            writer.WriteLine(note);
    }
}
