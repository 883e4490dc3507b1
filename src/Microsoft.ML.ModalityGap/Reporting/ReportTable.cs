namespace Microsoft.ML.ModalityGap;

/// <summary>The numbers behind a figure of a <see cref="ModalityGapReport"/>, as text.</summary>
[TypeFormatterSource]
public sealed class ReportTable
{
    internal ReportTable(string caption, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        (Caption, Headers, Rows) = (caption, headers, rows);
    }

    /// <summary>What the numbers are.</summary>
    public string Caption { get; }

    /// <summary>The columns' names; the first column names the rows.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>As many cells each as there are headers.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    /// <summary>The table as aligned text.</summary>
    public override string ToString()
    {
        IReadOnlyList<string>[] lines = [Headers, .. Rows];
        var widths = Enumerable.Range(0, Headers.Count).Select(column => lines.Max(line => line[column].Length)).ToArray();
        return string.Join(
            Environment.NewLine,
            lines.Select(line => string.Join("  ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd())
                .Prepend(Caption));
    }
}
