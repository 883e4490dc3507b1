using System.Reflection;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Tells a notebook kernel that this library knows how to show a type. Kernels of .NET notebooks look for this attribute by its name and that of its properties, in
/// any assembly, so that no package of theirs is needed (convention-based formatters).
/// </summary>
/// <remarks>
/// The type that carries it need not know what it is shown by: that is said once for the assembly, by <see cref="NotebookFormatterSourceAttribute"/>, and looked up here
/// when a kernel asks.
/// </remarks>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute : Attribute
{
    /// <summary>The class of the formatters, which the kernel creates; null where the assembly has none, and the kernel then shows the type as any other.</summary>
    public Type? FormatterSourceType { get; } = typeof(TypeFormatterSourceAttribute).Assembly.GetCustomAttribute<NotebookFormatterSourceAttribute>()?.Source;

    /// <summary>What the type is shown as, the best first.</summary>
    public string[] PreferredMimeTypes { get; set; } = [NotebookFormats.Html];
}
