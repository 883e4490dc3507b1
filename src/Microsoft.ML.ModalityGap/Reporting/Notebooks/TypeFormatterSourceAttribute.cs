namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Tells the kernel of .NET notebooks which class formats a type. The kernel looks for this attribute by its name and that of its properties, in any assembly,
/// so that no package of the kernel's is needed (Microsoft.DotNet.Interactive.Formatting: convention-based formatters).
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [];
}
