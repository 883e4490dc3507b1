using System.Globalization;
using Spectre.Console;

namespace ZeroShot;

/// <summary>A table of figures.</summary>
internal sealed class FigureTable
{
    private readonly Table _table;

    public FigureTable(string title, params string[] columns)
    {
        _table = new Table { Title = new TableTitle(title), Border = TableBorder.Rounded };
        foreach (var column in columns)
            _table.AddColumn(column);
    }

    public void Add(string name, params double[] values) =>
        _table.AddRow([new Text(name), .. values.Select(value => new Text(value.ToString(value >= 10 ? "F1" : "F4", CultureInfo.InvariantCulture)))]);

    public void Write() => AnsiConsole.Write(_table);
}
