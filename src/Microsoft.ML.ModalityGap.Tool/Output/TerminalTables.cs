using Spectre.Console;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Tables for people.</summary>
internal static class TerminalTables
{
    internal static void Write(IAnsiConsole console, TextTable table)
    {
        var rendered = new Table { Border = TableBorder.Rounded };
        var widths = FitWidths(table, console.Profile.Width - 3 * table.Headers.Count - 1);
        for (var i = 0; i < table.Headers.Count; i++)
        {
            rendered.AddColumn(new TableColumn(new Text(table.Headers[i], new Style(decoration: Decoration.Bold)))
            {
                Alignment = table.IsNumeric(i) ? Justify.Right : Justify.Left,
                NoWrap = widths is null && i == 0, // what a row is about stays in one piece on a narrow terminal
                Width = widths?[i],
            });
        }

        foreach (var row in table.Rows)
            rendered.AddRow(row.Select(cell => new Text(cell)));

        console.Write(new Text(table.Title, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.Write(rendered);
        if (table.Note is { } note)
        {
            console.Write(new Text(note, new Style(decoration: Decoration.Dim)));
            console.WriteLine();
        }
    }

    /// <summary>Widths at which lines of cells break between words only; <see langword="null"/> where nothing need break, or words must.</summary>
    private static int[]? FitWidths(TextTable table, int available)
    {
        int[] Measure(Func<string, int> measure) => [.. table.Headers.Select((header, i) => table.Rows.Select(row => row[i]).Append(header).Max(measure))];
        var whole = Measure(cell => cell.Length);
        var widths = Measure(cell => cell.Split(' ').Max(word => word.Length));
        var left = available - widths.Sum();
        if (left < 0 || whole.Sum() <= available)
            return null;

        // What a row is about comes first, then the others evenly.
        var first = Math.Min(left, whole[0] - widths[0]);
        widths[0] += first;
        for (left -= first; left > 0; left--)
            widths[Enumerable.Range(0, widths.Length).MaxBy(i => whole[i] - widths[i])]++;
        return widths;
    }
}
