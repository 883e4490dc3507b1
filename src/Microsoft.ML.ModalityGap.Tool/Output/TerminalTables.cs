using Spectre.Console;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Tables for people.</summary>
internal static class TerminalTables
{
    internal static void Write(IAnsiConsole console, TextTable table)
    {
        var rendered = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < table.Headers.Count; i++)
        {
            rendered.AddColumn(new TableColumn(new Text(table.Headers[i], new Style(decoration: Decoration.Bold)))
            {
                Alignment = table.IsNumeric(i) ? Justify.Right : Justify.Left,
                NoWrap = i == 0, // what a row is about stays in one piece on a narrow terminal
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
}
