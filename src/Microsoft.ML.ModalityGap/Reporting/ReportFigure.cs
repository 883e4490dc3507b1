using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>A figure of a <see cref="ModalityGapReport"/>: one or several drawings side by side, what they show in words, and the numbers behind them.</summary>
/// <remarks>As a cell's last expression in a .NET notebook it is shown as a picture.</remarks>
[TypeFormatterSource(PreferredMimeTypes = [NotebookFormats.Svg])]
public sealed partial class ReportFigure
{
    internal ReportFigure(string id, string title, string explanation, ReportTable table, IReadOnlyList<LegendEntry> legend, IReadOnlyList<FigurePanel> panels)
    {
        (Id, Title, Explanation, Table, Legend, Panels) = (id, title, explanation, table, legend, panels);
    }

    /// <summary>A short name for files and links, such as <c>space</c>.</summary>
    public string Id { get; }

    /// <summary>What the figure is about.</summary>
    public string Title { get; }

    /// <summary>What is drawn and how to read it.</summary>
    public string Explanation { get; }

    /// <summary>The numbers behind the figure; of a cloud of points, what sums it up.</summary>
    public ReportTable Table { get; }

    internal IReadOnlyList<FigurePanel> Panels { get; }

    internal IReadOnlyList<LegendEntry> Legend { get; }

    /// <summary>The figure as an SVG document of its own, light or dark as the reader prefers.</summary>
    public string ToSvg() => FigureSvg.Write(this);

    /// <summary>Writes <see cref="ToSvg"/> to a file, which appears when it is complete.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToSvg())));
    }

    /// <summary>The title, and the numbers as text.</summary>
    public override string ToString() => $"{Title}{Environment.NewLine}{Table}";
}
