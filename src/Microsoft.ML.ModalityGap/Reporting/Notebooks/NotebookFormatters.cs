namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What .NET notebooks show of this library's types: found by <see cref="TypeFormatterSourceAttribute"/>, created by the kernel, called by the names its convention
/// asks for.
/// </summary>
internal sealed class NotebookFormatters
{
    internal const string Html = "text/html";
    internal const string Svg = "image/svg+xml";
    internal const string PlainText = "text/plain";

    private readonly object[] _formatters =
    [
        new NotebookFormatter(Html, NotebookViews.WriteHtml),
        new NotebookFormatter(Svg, NotebookViews.WriteSvg),
        new NotebookFormatter(PlainText, (value, writer) =>
        {
            writer.Write(value);
            return true;
        }),
    ];

    public IEnumerable<object> CreateTypeFormatters() => _formatters;
}
