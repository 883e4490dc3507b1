namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The sentences that <c>--templates</c> names: a preset, or a file of one's own.</summary>
internal static class TemplateChoices
{
    private static readonly Dictionary<string, PromptTemplates> _presets = new(StringComparer.Ordinal)
    {
        ["name"] = PromptTemplates.NameOnly,
        ["photo"] = PromptTemplates.Photo,
        ["compact"] = PromptTemplates.Compact,
        ["photographs"] = PromptTemplates.Photographs,
    };

    internal const string HelpName = "name|photo|compact|photographs|file";

    /// <exception cref="UsageException">It is neither a preset nor a file.</exception>
    internal static PromptTemplates Read(string? value)
    {
        if (value is null)
            return PromptTemplates.Compact;
        if (_presets.TryGetValue(value, out var preset))
            return preset;
        return File.Exists(value) ? PromptTemplates.FromFile(value) : throw new UsageException($"--templates takes {string.Join(", ", _presets.Keys)} or a file, but '{value}' is none.");
    }
}
