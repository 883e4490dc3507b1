using Microsoft.ML.ModalityGap;

[assembly: NotebookFormatterSource(typeof(NotebookFormatters))]

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What .NET notebooks show of this library's types: found through <see cref="TypeFormatterSourceAttribute"/>, created by the kernel, called by the names its convention
/// asks for.
/// </summary>
internal sealed class NotebookFormatters
{
    private readonly object[] _formatters =
    [
        new NotebookFormatter(NotebookFormats.Html, NotebookViews.WriteHtml),
        new NotebookFormatter(NotebookFormats.Svg, NotebookViews.WriteSvg),
        new NotebookFormatter(NotebookFormats.PlainText, (value, writer) =>
        {
            writer.Write(value);
            return true;
        }),
    ];

    public IEnumerable<object> CreateTypeFormatters() => _formatters;
}
