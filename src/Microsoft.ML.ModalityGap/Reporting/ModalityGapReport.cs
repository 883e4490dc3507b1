using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The gap between two modalities before and after a map, as a page that can be read without knowing this library: a summary in words, figures with
/// the numbers behind them, definitions, and where it all comes from.
/// </summary>
/// <remarks>
/// The page is one file: it loads nothing, runs no script, follows the reader's choice of light or dark, and can be printed. As a cell's last expression in a .NET
/// notebook the summary and the measures are shown; the <see cref="Figures"/> can be shown one by one.
/// </remarks>
[TypeFormatterSource]
public sealed class ModalityGapReport
{
    internal ModalityGapReport(string title, IReadOnlyList<string> summary, IReadOnlyList<ReportFigure> figures, IReadOnlyList<(string Name, string Value)> provenance)
    {
        (Title, Summary, Figures, Provenance) = (title, summary, figures, provenance);
    }

    /// <summary>The title.</summary>
    public string Title { get; }

    /// <summary>The measures of the embeddings as they were given.</summary>
    public required ModalityGapMetrics Before { get; init; }

    /// <summary>The measures of the embeddings that were mapped; <see langword="null"/> in a report without a map.</summary>
    public required ModalityGapMetrics? After { get; init; }

    /// <summary>Retrieval between the mapped modalities by corrected scores; <see langword="null"/> where the map has no <see cref="EmbeddingMapTransformer.Correction"/>.</summary>
    public TwoWayRetrievalMetrics? Corrected { get; init; }

    /// <summary>What was found, in sentences.</summary>
    public IReadOnlyList<string> Summary { get; }

    /// <summary>The figures in the order of the page.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; }

    /// <summary>Per state, and last by corrected scores where there are any, one gallery of both modalities, asked by the second.</summary>
    internal IReadOnlyList<MixedRetrievalMetrics> Mixed { get; init; } = [];

    /// <summary>Where the report comes from: names and values.</summary>
    internal IReadOnlyList<(string Name, string Value)> Provenance { get; }

    /// <summary>The figure with a given <see cref="ReportFigure.Id"/>.</summary>
    /// <exception cref="ArgumentException">The report has no such figure; the message names those it has.</exception>
    public ReportFigure GetFigure(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Figures.FirstOrDefault(figure => figure.Id == id)
            ?? throw new ArgumentException($"The report has no figure '{id}'. It has '{string.Join("', '", Figures.Select(figure => figure.Id))}'.", nameof(id));
    }

    /// <summary>The page as HTML.</summary>
    public string ToHtml() => ReportPage.Write(this);

    /// <summary>Writes <see cref="ToHtml"/> to a file, which appears when it is complete.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToHtml())));
    }

    /// <summary>The title and the summary.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Summary.Prepend(Title));

    /// <summary>The states measured, named as in the figures.</summary>
    internal IReadOnlyList<(string Name, ModalityGapMetrics Metrics)> GetStates() =>
        After is null ? [(ReportBuilder.OnlyName, Before)] : [(ReportBuilder.BeforeName, Before), (ReportBuilder.AfterName, After)];
}
