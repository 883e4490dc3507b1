namespace NotebookRunner;

/// <summary>Text that is shown as HTML.</summary>
/// <param name="Html">The text.</param>
public sealed record HtmlContent(string Html)
{
    /// <inheritdoc />
    public override string ToString() => Html;
}
