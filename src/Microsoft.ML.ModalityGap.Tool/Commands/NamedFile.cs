namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Options of the form name=file.</summary>
internal static class NamedFile
{
    internal static (string Name, string Path) Parse(string option, string specification, string example)
    {
        var separator = specification.IndexOf('=', StringComparison.Ordinal);
        if (separator < 1 || separator == specification.Length - 1)
            throw new UsageException($"{option} takes name=file, such as {example}, but '{specification}' was given.");
        return (specification[..separator], specification[(separator + 1)..]);
    }
}
