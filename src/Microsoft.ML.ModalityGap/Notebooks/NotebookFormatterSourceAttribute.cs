namespace Microsoft.ML.ModalityGap;

/// <summary>Names, once for the assembly, the class of formatters that stands behind every <see cref="TypeFormatterSourceAttribute"/>.</summary>
/// <param name="source">A class with a constructor without parameters and a method <c>CreateTypeFormatters</c>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class NotebookFormatterSourceAttribute(Type source) : Attribute
{
    public Type Source { get; } = source;
}
