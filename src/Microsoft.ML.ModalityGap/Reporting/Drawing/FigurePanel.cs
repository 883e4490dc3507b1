namespace Microsoft.ML.ModalityGap;

/// <summary>One drawing of a figure.</summary>
/// <param name="Title">What it shows, such as «before».</param>
/// <param name="Description">The same in words, with its main figures, for those who do not see it.</param>
/// <param name="Markup">The SVG elements, in a box of <see cref="Width"/> by <see cref="Height"/>.</param>
/// <param name="Height">How tall it is.</param>
internal sealed record FigurePanel(string Title, string Description, string Markup, double Height)
{
    /// <summary>All are as wide, so that letters have the same size in all.</summary>
    internal const double Width = 400;

    /// <summary>So many letters of a title fit.</summary>
    internal const int MaximumTitle = 48;
}
