namespace Microsoft.ML.ModalityGap;

/// <summary>One format; the names of its members are the kernel's convention.</summary>
internal sealed class NotebookFormatter(string mimeType, Func<object, TextWriter, bool> format)
{
    public string MimeType => mimeType;

    /// <summary>False where this format does not do for the value; the kernel then asks the next.</summary>
    public bool Format(object instance, TextWriter writer) => format(instance, writer);
}
