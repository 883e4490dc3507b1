using Spectre.Console;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Tables for people.</summary>
internal static class TerminalTables
{
    internal static void Write(IAnsiConsole console, TextTable table)
    {
        console.Write(new Text(table.Title, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        foreach (var part in Split(table, console.Profile.Width))
            WriteBody(console, part);
        if (table.Note is { } note)
        {
            console.Write(new Text(note, new Style(decoration: Decoration.Dim)));
            console.WriteLine();
        }
    }

    private static void WriteBody(IAnsiConsole console, TextTable table)
    {
        var rendered = new Table { Border = TableBorder.Rounded };
        var widths = FitWidths(table, console.Profile.Width - GetFrame(table.Headers.Count));
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
        console.Write(rendered);
    }

    /// <summary>The characters that borders and margins take.</summary>
    private static int GetFrame(int columns) => (3 * columns) + 1;

    /// <summary>Deals the columns of a table that would have to break words to parts below each other, each of which begins with what its rows are about.</summary>
    private static IEnumerable<TextTable> Split(TextTable table, int width)
    {
        var words = MeasureWords(table);
        for (var first = 1; first < Math.Max(2, table.Headers.Count);)
        {
            var columns = new List<int> { 0 };
            var taken = words[0];
            while (first < table.Headers.Count && (columns.Count == 1 || taken + words[first] + GetFrame(columns.Count + 1) <= width))
            {
                taken += words[first];
                columns.Add(first++);
            }

            yield return new TextTable(table.Title, [.. columns.Select(column => table.Headers[column])]) { Rows = [.. table.Rows.Select(row => (string[])[.. columns.Select(column => row[column])])] };
            if (first >= table.Headers.Count)
                yield break;
        }
    }

    /// <summary>Per column its longest word, which takes numbers with their signs for words.</summary>
    private static int[] MeasureWords(TextTable table) => Measure(table, cell => cell.Split(' ').Max(word => word.Length));

    private static int[] Measure(TextTable table, Func<string, int> measure) => [.. table.Headers.Select((header, i) => table.Rows.Select(row => row[i]).Append(header).Max(measure))];

    /// <summary>Widths at which lines of cells break between words only; <see langword="null"/> where nothing need break, or words must.</summary>
    private static int[]? FitWidths(TextTable table, int available)
    {
        var whole = Measure(table, cell => cell.Length);
        var widths = MeasureWords(table);
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
