namespace Microsoft.ML.ModalityGap;

/// <summary>The formats that notebooks show values in, by their MIME types.</summary>
internal static class NotebookFormats
{
    internal const string Html = "text/html";
    internal const string Svg = "image/svg+xml";
    internal const string PlainText = "text/plain";
}
