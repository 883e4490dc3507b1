namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What is known of a model folder after looking at it and trying it out.</summary>
/// <param name="Folder">The folder.</param>
internal sealed record ModelExamination(string Folder)
{
    internal List<ModelFinding> Findings { get; } = [];

    /// <summary>What works and still looks wrong.</summary>
    internal List<string> Warnings { get; } = [];

    /// <summary>What does not work.</summary>
    internal List<string> Problems { get; } = [];

    internal void Add(string part, string name, string value, string? path = null) =>
        Findings.Add(new ModelFinding(part, name, value, path is null ? null : Path.GetRelativePath(Folder, path).Replace(Path.DirectorySeparatorChar, '/')));
}
